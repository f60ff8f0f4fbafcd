import ArgumentParser
import Foundation
import Logging
import Swell
import SwellLocal
import SwellPostgres

struct DevCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dev",
    abstract: "A private PostgreSQL in .swell/, migrated, and a worker, until Ctrl-C.",
    discussion: """
      Other commands run in the same folder find this database by themselves. The data stays \
      in .swell/ for the next time. With --database, DATABASE_URL or PG* it works there instead.
      """)

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var worker: WorkerOptions

  func run() async throws {
    let settings = try worker.settings()
    let logger = try settings.logger()
    for warning in settings.warnings { logger.warning("\(warning)") }
    if let named = try database.named(pooled: try settings.isPooled) {
      return try await work(settings, named, logger)
    }
    let own = try await PrivateDatabase.start()
    do {
      logger.notice("private PostgreSQL is up", metadata: ["url": "\(own.server.url)"])
      signal(SIGPIPE, SIG_IGN)
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { await own.keepRunning(logger) }
        defer { tasks.cancelAll() }
        try await work(settings, own.configuration, logger)
      }
      await own.stop()
    } catch {
      await own.stop()
      throw PrivateDatabase.explained(error)
    }
  }

  private func work(
    _ settings: Settings, _ database: PostgresConfiguration, _ logger: Logger
  ) async throws {
    let applied = try await Schema.bringUp(database)
    if !applied.isEmpty {
      logger.notice("migrated", metadata: ["applied": "\(applied.joined(separator: ","))"])
    }
    logger.notice("ready: in this folder, try swell apply FILE, swell enqueue WORKFLOW, swell runs")
    try await WorkerProcess.run(settings, database: database, logger: logger, hangupStops: true)
  }
}
