import ArgumentParser
import SwellModel
import SwellStore

struct SignalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "signal",
    abstract: "Send a signal to a run: to the node that waits for one of that name, now or later.")

  @Argument(help: "The run.")
  var runID: RunID

  @Argument(help: "The name of the signal.")
  var name: String

  @Argument(help: ArgumentHelp("'-' reads the payload from standard input.", valueName: "-"))
  var standardInput: String?

  @Option(help: ArgumentHelp("What comes with it; null by default.", valueName: "json"))
  var payload: String?

  @Option(help: ArgumentHelp("A file that holds the payload.", valueName: "file"))
  var payloadFile: String?

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let standardInput, standardInput != "-" {
      throw ValidationError("unexpected '\(standardInput)'; give the payload with --payload")
    }
    guard [standardInput, payload, payloadFile].compactMap({ $0 }).count < 2 else {
      throw ValidationError("give the payload once: --payload, --payload-file or -")
    }
  }

  func run() async throws {
    let bytes =
      try payload.map { Array($0.utf8) }
      ?? (payloadFile ?? standardInput).map { try InputFile.read($0) } ?? Payload.null.bytes
    let sent = try InputFile.json(bytes, "the payload")
    let (id, name) = (runID.uuid, name)
    try await database.withConnection { connection in
      try await OperatorCall.signal(
        id, name: name, payload: sent, over: connection,
        within: DatabaseOptions.limit)
    }
    guard output.isJSON else { return Terminal.line("sent \(name) to \(id)") }
    var fields = JSONFields()
    fields.add("run_id", id)
    fields.add("signal", name)
    fields.print()
  }
}
