import ArgumentParser

struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Bring the database's schema up or down.",
    subcommands: [
      MigrateUpCommand.self, MigrateDownCommand.self, MigrateStatusCommand.self,
      MigrateDumpCommand.self,
    ],
    defaultSubcommand: MigrateUpCommand.self)
}
