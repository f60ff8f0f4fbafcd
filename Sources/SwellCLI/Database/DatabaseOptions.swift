import ArgumentParser
import Foundation
import Swell
import SwellPostgres

/// Where the runs are.
struct DatabaseOptions: ParsableArguments {
  @Option(
    name: .customLong("database"),
    help: ArgumentHelp(
      "The database; else DATABASE_URL, else the PG* variables, else .swell/ here.",
      valueName: "url"))
  var url: String?

  /// How long one statement may take.
  static let limit = Duration.seconds(30)

  /// What `--database`, `DATABASE_URL` or the PG* variables say; nil when they are silent.
  ///
  /// - Parameter pooled: nothing outlives a transaction. A command that ends soon needs nothing
  ///   else, and so works behind a pooler too.
  func named(pooled: Bool = true) throws -> PostgresConfiguration? {
    let environment = ProcessInfo.processInfo.environment
    let address = url ?? environment["DATABASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
    if let address {
      let configuration = PostgresConfiguration(address, pooled: pooled)
      try configuration.validate()
      return configuration
    }
    let variables = [
      "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "PGSERVICEFILE",
    ]
    guard variables.contains(where: { !(environment[$0] ?? "").isEmpty }) else { return nil }
    return PostgresConfiguration(pooled: pooled)
  }

  /// The database that a command works with, also the private server that runs here already.
  func configuration(pooled: Bool = true) throws -> PostgresConfiguration {
    if let named = try named(pooled: pooled) { return named }
    if let address = PrivateDatabase.runningAddress() {
      return PostgresConfiguration(address, pooled: pooled)
    }
    throw CommandFailure(
      .unavailable, "no_database",
      "there is no database: no --database, no DATABASE_URL, no PG* variables, and no private "
        + "server runs in .swell/ here",
      remedy: "Say --database postgresql://…, or start one with: swell dev")
  }

  /// Lends one connection to a database that has the schema.
  func withConnection<Answer>(
    checked: Bool = true, _ body: (PostgresConnection) async throws -> Answer
  ) async throws -> Answer {
    try await Database.withConnection(try configuration(), checked: checked, body)
  }
}
