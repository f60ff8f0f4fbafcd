import ArgumentParser
import Foundation
import Swell

@main
struct SwellCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "swell",
    abstract: "Durable workflows on PostgreSQL.",
    discussion: """
      The database is --database, else DATABASE_URL, else the PG* variables, else the private \
      server that 'swell dev' runs in .swell/ here.
      """,
    version: Worker.version,
    subcommands: [DemoStepCommand.self, BenchWorkerCommand.self],
    groupedSubcommands: [
      CommandGroup(name: "Begin", subcommands: [DemoCommand.self, DevCommand.self]),
      CommandGroup(
        name: "Set up",
        subcommands: [
          MigrateCommand.self, ValidateCommand.self, SchemaCommand.self, ApplyCommand.self,
        ]),
      CommandGroup(name: "Draw and try", subcommands: [GraphCommand.self, TestCommand.self]),
      CommandGroup(name: "Work", subcommands: [WorkerCommand.self, EnqueueCommand.self]),
      CommandGroup(name: "Measure", subcommands: [BenchCommand.self]),
      CommandGroup(
        name: "Watch and steer",
        subcommands: [
          RunsCommand.self, ShowCommand.self, WaitCommand.self, CancelCommand.self,
          RetryCommand.self, PauseCommand.self, ResumeCommand.self, ExplainCommand.self,
          SignalCommand.self, ApproveCommand.self, RejectCommand.self,
          WorkersCommand.self, QueuesCommand.self, CircuitsCommand.self,
        ]),
    ]
  )

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
    } catch {
      end(with: error)
    }
  }

  /// Errors of the argument parser keep its own words; all others become one failure.
  private static func end(with error: any Error) -> Never {
    if let code = error as? ExitCode { Foundation.exit(code.rawValue) }
    guard let failure = CommandFailure(describing: error) else { exit(withError: error) }
    Terminal.complain(failure)
    Foundation.exit(failure.exit.rawValue)
  }
}
