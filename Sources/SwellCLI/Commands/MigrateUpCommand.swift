import ArgumentParser
import SwellModel
import SwellStore

struct MigrateUpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Apply what is missing.")

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The number of the last migration to apply; all by default.")
  var to: Int?

  func run() async throws {
    let isJSON = output.isJSON
    let applied = try await Schema.bringUp(try database.configuration(), to: to) { id in
      if !isJSON { Terminal.line("applied \(id)") }
    }
    if isJSON {
      var fields = JSONFields()
      fields.add("applied", applied)
      fields.print()
    } else if applied.isEmpty {
      Terminal.line("nothing to do: the schema is up to date")
    }
  }
}
