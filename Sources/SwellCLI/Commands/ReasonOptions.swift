import ArgumentParser
import SwellPostgres
import SwellStore

/// What the commands that steer one run have in common.
struct ReasonOptions: ParsableArguments {
  @Argument(help: "The run.")
  var runID: RunID

  @Option(help: "Why, for the run's history.")
  var reason: String?

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  /// - Parameters:
  ///   - key: what is true of the run now, for JSON.
  ///   - words: what is said to people, of the run's id.
  func steer(
    _ key: String, _ words: (PostgresUUID) -> String,
    _ call: @escaping @Sendable (PostgresUUID, String?, PostgresConnection) async throws -> Void
  ) async throws {
    let (id, reason) = (runID.uuid, reason)
    try await database.withConnection { connection in try await call(id, reason, connection) }
    guard output.isJSON else { return Terminal.line(words(id)) }
    var fields = JSONFields()
    fields.add("run_id", id)
    fields.add(key, true)
    fields.print()
  }
}
