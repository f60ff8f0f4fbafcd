import SwellPostgres
import SwellStore

/// The schema of a database that is ours to migrate.
enum Schema {
  /// Applies what is missing and returns its names.
  static func bringUp(
    _ configuration: PostgresConfiguration, to target: Int? = nil,
    progress: (String) -> Void = { _ in }
  ) async throws -> [String] {
    try await Database.withConnection(configuration, checked: false) { connection in
      try await Migrator(connection).up(to: target, progress: progress)
    }
  }
}
