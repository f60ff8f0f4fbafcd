import ArgumentParser
import SwellStore

struct MigrateDownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down",
    abstract: "Take migrations back, and what they stored with them.",
    discussion: """
      Whatever the migrations made goes with them: down to 0 removes the schema with every \
      workflow and run in it. So it asks for --yes.
      """)

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  @Option(help: "The number of the last migration to keep.")
  var to: Int

  @Flag(help: "Do it: what the migrations stored is lost.")
  var yes = false

  func validate() throws {
    guard to >= 0 else { throw ValidationError("--to must be 0 or more") }
  }

  func run() async throws {
    let (target, isJSON) = (to, output.isJSON)
    guard yes else {
      throw CommandFailure(
        .usage, "not_confirmed",
        "taking migrations back to \(target) deletes what they stored, and --yes was not said",
        remedy: "Back up first (pg_dump --schema=swell), then say --yes.")
    }
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
