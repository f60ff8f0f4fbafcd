import ArgumentParser
import SwellStore

struct WaitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Wait until runs have ended.",
    discussion: "Ends with 0 when all succeeded, 1 when one did not, 75 when the time is over.")

  @Argument(help: ArgumentHelp("The runs.", valueName: "run"))
  var runs: [RunID]

  @Option(
    help: ArgumentHelp("How long at most, such as 30s; for ever by default.", valueName: "duration")
  )
  var timeout: TimeSpan?

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let (runs, timeout) = (runs.map(\.uuid), timeout?.duration)
    let database = database
    let ends = try await Interruption.heed("The runs go on.") {
      try await database.withConnection { connection in
        try await RunWaiter.ends(of: runs, over: connection, timeout: timeout)
      }
    }
    try RunReport.printEnds(ends, isJSON: output.isJSON)
  }
}
