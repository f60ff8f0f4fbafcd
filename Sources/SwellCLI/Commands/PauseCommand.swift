import ArgumentParser
import SwellStore

struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Start nothing more of a run; what is in flight ends and is stored.")

  @Argument(help: "The run.")
  var runID: RunID

  @Option(help: "Why, for the run's history.")
  var reason: String?

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let (id, reason) = (runID.uuid, reason)
    try await database.withConnection { connection in
      try await OperatorCall.pause(
        id, reason: reason, over: connection, within: DatabaseOptions.limit)
    }
    guard output.isJSON else {
      return Terminal.line("nothing more of \(id) starts until it is resumed")
    }
    var fields = JSONFields()
    fields.add("run_id", id)
    fields.add("pause_requested", true)
    fields.print()
  }
}
