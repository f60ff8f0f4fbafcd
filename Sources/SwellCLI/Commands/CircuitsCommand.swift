import ArgumentParser
import SwellStore

struct CircuitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "circuits", abstract: "Show the circuit breakers that had failures.")

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let list = try await database.withConnection { connection in
      try await CircuitsView.list(over: connection, within: DatabaseOptions.limit)
    }
    var table = Table(
      ["CIRCUIT", "STATE", "FAILURES", "OPENED", "OPEN UNTIL"], right: ["FAILURES"])
    for circuit in list {
      if output.isJSON {
        var fields = JSONFields()
        fields.add("circuit", circuit.circuit)
        fields.add("state", circuit.state)
        fields.add("consecutive_failures", circuit.consecutiveFailures)
        fields.add("opened_at", circuit.opened)
        fields.add("open_until", circuit.openUntil)
        fields.add("changed_at", circuit.changed)
        fields.print()
      } else {
        table.add([
          circuit.circuit, circuit.state, "\(circuit.consecutiveFailures)",
          Words.moment(circuit.opened), Words.moment(circuit.openUntil),
        ])
      }
    }
    if !output.isJSON { list.isEmpty ? Terminal.note("no circuits") : table.write() }
  }
}
