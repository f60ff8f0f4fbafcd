import Foundation
import Logging
import SwellCore

/// Adds threads where handlers block all that there are, and takes them away once that is long past.
///
/// Handlers that compute need no more: each of them would only take longer. So nothing is added while the process uses
/// its processors, but for handlers that were given up and compute for ever.
struct ThreadRelief {
  /// Whoever blocks so many threads blocks any number.
  static let most = max(64, 4 * AttemptStarter.processors)
  /// How many looks without any relief end it.
  private static let quietLooks = 60

  private var seen: (begun: Int, waits: Bool) = (0, false)
  private var used = Self.processorTime()
  private var lookedAt = MonotonicClock.now()
  private var quiet = 0

  /// To be called once a second.
  ///
  /// - Parameter leaked: how many handlers have been given up.
  mutating func look(at starter: AttemptStarter, leaked: Int, logger: Logger) {
    let progress = starter.progress
    let isStuck = progress.waits && seen.waits && seen.begun == progress.begun
    seen = progress
    let isComputing = isComputing()
    let width = starter.width
    guard isStuck else {
      quiet += 1
      let enough = AttemptStarter.processors + max(leaked, starter.busy)
      if quiet >= Self.quietLooks, width > enough {
        starter.set(width: enough)
      }
      return
    }
    quiet = 0
    guard !isComputing || width < AttemptStarter.processors + leaked, width < Self.most else {
      return
    }
    let extra = min(max(1, width / 2), Self.most - width)
    logger.warning(
      "handlers block every thread; others go on with more of them",
      metadata: ["threads": "\(width + extra)"])
    starter.set(width: width + extra)
  }

  /// Whether the process has used more than a quarter of what its processors give, since the last look.
  private mutating func isComputing() -> Bool {
    let (before, since) = (used, lookedAt)
    used = Self.processorTime()
    lookedAt = MonotonicClock.now()
    let time = Double(lookedAt.microseconds(since: since))
    return Double(used - before) > time * Double(AttemptStarter.processors) / 4
  }

  /// What the process has used of its processors, in microseconds.
  private static func processorTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
