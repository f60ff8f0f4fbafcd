import ArgumentParser
import Foundation
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

  @Argument(help: "What comes with it: one JSON value, @FILE, or @- for standard input.")
  var payload = "null"

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let bytes =
      payload.hasPrefix("@") ? try InputFile.read(String(payload.dropFirst())) : Array(payload.utf8)
    do {
      try PayloadScan.check(bytes)
    } catch {
      throw CommandFailure(
        .data, "bad_payload", "the payload is not JSON that can be stored: \(error)",
        remedy: "A text needs quotes of its own: '\"yes\"'.")
    }
    let (id, name) = (runID.uuid, name)
    try await database.withConnection { connection in
      try await OperatorCall.signal(
        id, name: name, payload: Payload(bytes: bytes), over: connection,
        within: DatabaseOptions.limit)
    }
    guard output.isJSON else { return Terminal.line("sent \(name) to \(id)") }
    var fields = JSONFields()
    fields.add("run_id", id)
    fields.add("signal", name)
    fields.print()
  }
}
