import ArgumentParser
import SwellStore

struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ask for the end of a run; what runs of it is cancelled and stored.")

  @Argument(help: "The run.")
  var runID: RunID

  @Option(help: "Why, for the run's history.")
  var reason: String?

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let (id, reason) = (runID.uuid, reason)
    try await database.withConnection { connection in
      try await OperatorCall.cancel(
        id, reason: reason, over: connection, within: DatabaseOptions.limit)
    }
    guard output.isJSON else { return Terminal.line("asked for the end of \(id)") }
    var fields = JSONFields()
    fields.add("run_id", id)
    fields.add("cancel_requested", true)
    fields.print()
  }
}
