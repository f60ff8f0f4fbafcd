import ArgumentParser
import SwellStore

struct MigrateDownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down",
    abstract: "Take migrations back, and what they stored with them.",
    discussion: "Down to 0 removes the schema with every workflow and run in it.")

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The number of the last migration to keep.")
  var to: Int

  func validate() throws {
    guard to >= 0 else { throw ValidationError("--to must be 0 or more") }
  }

  func run() async throws {
    let (target, isJSON) = (to, output.isJSON)
    let taken = try await database.withConnection(checked: false) { connection in
      try await Migrator(connection).down(to: target) { id in
        if !isJSON { Terminal.line("took back \(id)") }
      }
    }
    if isJSON {
      var fields = JSONFields()
      fields.add("taken_back", taken)
      fields.print()
    } else if taken.isEmpty {
      Terminal.line("nothing to do")
    }
  }
}
