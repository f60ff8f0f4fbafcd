import ArgumentParser
import SwellStore

struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Make a failed or cancelled run live again; what succeeded is not done again.")

  @Argument(help: "The run.")
  var runID: RunID

  @Option(help: "Why, for the run's history.")
  var reason: String?

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let (id, reason) = (runID.uuid, reason)
    try await database.withConnection { connection in
      try await OperatorCall.retry(
        id, reason: reason, over: connection, within: DatabaseOptions.limit)
    }
    guard output.isJSON else { return Terminal.line("live again: \(id)") }
    var fields = JSONFields()
    fields.add("run_id", id)
    fields.add("retried", true)
    fields.print()
  }
}
