import ArgumentParser
import SwellStore

struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say in words why a run is not running.")

  @Argument(help: "The run.")
  var runID: RunID

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let id = runID.uuid
    let lines = try await database.withConnection { connection in
      try await OperatorCall.explain(id, over: connection, within: DatabaseOptions.limit)
    }
    guard output.isJSON else { return lines.forEach { Terminal.line($0) } }
    var fields = JSONFields()
    fields.add("run_id", id)
    fields.add("reasons", lines)
    fields.print()
  }
}
