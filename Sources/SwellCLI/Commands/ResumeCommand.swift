import ArgumentParser
import SwellStore

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Let a paused run go on.")

  @Argument(help: "The run.")
  var runID: RunID

  @Option(help: "Why, for the run's history.")
  var reason: String?

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let (id, reason) = (runID.uuid, reason)
    try await database.withConnection { connection in
      try await OperatorCall.resume(
        id, reason: reason, over: connection, within: DatabaseOptions.limit)
    }
    guard output.isJSON else { return Terminal.line("\(id) goes on") }
    var fields = JSONFields()
    fields.add("run_id", id)
    fields.add("resume_requested", true)
    fields.print()
  }
}
