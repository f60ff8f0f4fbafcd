import ArgumentParser
import SwellModel

/// A duration as a person types it: `250ms`, `10s`, `1h30m`.
struct TimeSpan: ExpressibleByArgument, Sendable, Hashable {
  var duration: Duration

  init?(argument: String) {
    guard let duration = try? DurationText.parse(argument) else { return nil }
    self.duration = duration
  }
}
