import Logging
import ServiceLifecycle
import SwellEngine
import SwellPostgres
import UnixSignals

/// A worker with its signals, until it has stopped.
enum WorkerProcess {
  /// - Parameter hangupStops: a closed terminal stops it like Ctrl-C; else it is left to the shell.
  static func run(
    _ settings: Settings, database: PostgresConfiguration, logger: Logger,
    hangupStops: Bool = false
  ) async throws {
    let stopping: [UnixSignal] = hangupStops ? [.sigterm, .sigint, .sighup] : [.sigterm, .sigint]
    let worker = Worker(
      try settings.configuration(database: database), kinds: try settings.kinds(), logger: logger)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          ServiceGroupConfiguration.ServiceConfiguration(
            service: worker, successTerminationBehavior: .gracefullyShutdownGroup,
            serviceName: "worker")
        ],
        gracefulShutdownSignals: stopping, logger: quiet(logger)))
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        var count = 0
        for await _ in signals {
          count += 1
          if count > 1 {
            logger.warning("a second signal: handing back what is in flight")
            worker.stopNow()
          }
        }
      }
      defer { tasks.cancelAll() }
      try await group.run()
    }
  }

  /// The group's own steps are of interest only to those who debug.
  private static func quiet(_ logger: Logger) -> Logger {
    var quiet = logger
    if logger.logLevel > .debug { quiet.logLevel = .error }
    return quiet
  }
}
