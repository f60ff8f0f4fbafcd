import ArgumentParser
import Logging
import Swell

struct WorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Work: claim runs, execute their nodes, store what came out.",
    discussion: """
      SIGTERM or SIGINT stops it in order: it claims no more, lets nodes finish for the grace \
      time, and hands back the rest. A second signal hands back at once.

      Every flag is also a variable (--health-port is SWELL_HEALTH_PORT) and a key of \
      swell.json ("health-port"); flags win over variables, variables over the file.
      """)

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var worker: WorkerOptions

  func run() async throws {
    let settings = try worker.settings()
    let logger = try settings.logger()
    for warning in settings.warnings { logger.warning("\(warning)") }
    try await WorkerProcess.run(
      settings, database: try database.configuration(pooled: try settings.isPooled),
      logger: logger)
  }
}
