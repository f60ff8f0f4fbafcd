import ArgumentParser
import SwellStore

struct MigrateDumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Print the SQL of every migration; needs no database.")

  @Flag(help: "The way back instead, the last one first.")
  var down = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    for migration in down ? Migrations.all.reversed() : Migrations.all {
      let text = down ? migration.down : migration.up
      if output.isJSON {
        var fields = JSONFields()
        fields.add("migration", migration.id)
        fields.add("sql", text)
        fields.print()
      } else {
        Terminal.line("-- \(migration.id)\n\(text)")
      }
    }
  }
}
