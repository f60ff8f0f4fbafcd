import ArgumentParser
import SwellPostgres

/// A run id as a person types it.
struct RunID: ExpressibleByArgument, Sendable, Hashable {
  var uuid: PostgresUUID

  init?(argument: String) {
    guard let uuid = PostgresUUID(argument) else { return nil }
    self.uuid = uuid
  }
}
