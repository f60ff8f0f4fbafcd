import ArgumentParser
import SwellStore

struct MigrateStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show which migrations the database has.",
    discussion: "Ends with 1 when something is missing, changed or unknown.")

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let list = try await database.withConnection(checked: false) { connection in
      try await Migrator(connection).status()
    }
    var table = Table(["MIGRATION", "STATE", "APPLIED"])
    for status in list {
      if output.isJSON {
        var fields = JSONFields()
        fields.add("migration", status.id)
        fields.add("state", Self.word(status))
        fields.add("applied_at", status.appliedAt)
        fields.print()
      } else {
        table.add([status.id, Self.word(status), status.appliedAt ?? ""])
      }
    }
    if !output.isJSON { table.write() }
    if list.contains(where: { Self.word($0) != "applied" }) { throw ExitCode(1) }
  }

  private static func word(_ status: Migrator.Status) -> String {
    if status.isUnknown { return "unknown" }
    if status.isChanged { return "changed" }
    return status.appliedAt == nil ? "missing" : "applied"
  }
}
