import Foundation
import Swell
import SwellTesting
import Testing

/// A database with the workflows of these tests, a ledger beside it, and workers over it.
final class Stage: Sendable {
  let database: TestDatabase
  let ledger: TestDatabase
  /// How workers reach the database.
  private let access: [String: String]

  convenience init() async throws {
    try await self.init(on: TestDatabase.make())
  }

  init(on database: TestDatabase) async throws {
    self.database = database
    access = try await PooledSuite.shared.environment(for: database.url)
    ledger = try await TestDatabase.make(migrated: false)
    try await ledger.query(
      """
      CREATE TABLE effect (run_id uuid, node_id text, attempt int, worker uuid, event text,
        at timestamptz DEFAULT clock_timestamp())
      """)
  }

  /// A worker process over this stage.
  func worker(_ environment: [String: String] = [:]) throws -> WorkerProcess {
    var variables = access
    variables["LEDGER_URL"] = ledger.url
    variables.merge(environment) { _, own in own }
    return try WorkerProcess(environment: variables)
  }

  /// Waits until so many workers run.
  func workersRunning(_ count: Int) async throws -> Bool {
    try await database.eventually(
      "SELECT count(*) = \(count) FROM swell.workers WHERE state = 'running'")
  }

  @discardableResult
  func enqueue(_ workflow: String, _ count: Int = 1, input: String = "{}") async throws -> [String]
  {
    try await database.query(
      "SELECT swell.enqueue_many('\(workflow)', array_fill('\(input)'::jsonb, ARRAY[\(count)]))"
    ).compactMap { $0[0] }
  }

  /// Waits until no run is live.
  func allEnded(within limit: Duration = .seconds(60)) async throws -> Bool {
    try await database.eventually(
      "SELECT NOT EXISTS (SELECT FROM swell.ready)", within: limit)
  }

  func states() async throws -> [String: Int] {
    var states: [String: Int] = [:]
    for row in try await database.query("SELECT state, count(*) FROM swell.runs GROUP BY 1") {
      states[row[0] ?? ""] = Int(row[1] ?? "")
    }
    return states
  }

  /// Nodes that were executed again after their success was stored.
  func repeated() async throws -> [String] {
    let done = try await database.query(
      """
      SELECT run_id::text || ' ' || node_id, extract(epoch FROM finished_at)::text
      FROM swell.node WHERE state = 'succeeded'
      """)
    let last = try await ledger.query(
      """
      SELECT run_id::text || ' ' || node_id, extract(epoch FROM max(at))::text
      FROM effect WHERE event IN ('effect', 'started') GROUP BY 1
      """)
    var times: [String: Double] = [:]
    for row in done { times[row[0] ?? ""] = Double(row[1] ?? "") }
    return last.compactMap { row in
      guard let key = row[0], let stored = times[key], let at = Double(row[1] ?? "") else {
        return nil
      }
      return at > stored ? key : nil
    }
  }

  /// A node of a run, as the view shows it.
  func node(_ run: String, _ node: String, _ column: String) async throws -> String? {
    try await database.scalar(
      "SELECT \(column) FROM swell.run_nodes WHERE run_id = '\(run)' AND node_id = '\(node)'")
  }

  func run(_ run: String, _ column: String) async throws -> String? {
    try await database.scalar("SELECT \(column) FROM swell.runs WHERE run_id = '\(run)'")
  }

  /// Stops workers, and says what the tables hold against the engine.
  func end(_ workers: [WorkerProcess]) async throws -> [String] {
    let violations = try await database.violations()
    for worker in workers { await worker.destroy() }
    await database.connection.close()
    await ledger.connection.close()
    return violations
  }
}
