import Foundation
import Swell
import SwellTesting
import Testing

/// Statistics that were taken at an unlucky time: everything in a table belongs to one run. Plans that trusted
/// them would read the whole table for each run of a batch.
@Suite(.serialized) struct StatisticsTests {
  @Test func `the signals of one run are not read for the others`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let later = try await stage.database.query(
      """
      SELECT swell.enqueue('w', scheduled_at => swell.now() + interval '1 hour')
      FROM generate_series(1, 30)
      """
    ).compactMap { $0[0] }
    try await stage.database.query(
      """
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at, folded)
      SELECT '\(later[0])', 'signal', 'x', '1', 'test', now(), true FROM generate_series(1, 5000);
      """)
    try await stage.database.query("ANALYZE swell.signal")
    let worker = try stage.worker()
    try await stage.enqueue("w", 300)
    // Signals that a claim folds, and runs that end with signals.
    for run in later.dropFirst() { try await stage.database.query("SELECT swell.cancel('\(run)')") }
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.ready", within: .seconds(60)))
    try await end(worker, stage)
    let read = try await stage.database.scalar(
      "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'signal'")
    #expect(try #require(read.flatMap { Int($0) }) < 5000)
    #expect(try await stage.end([]).isEmpty)
  }

  @Test func `the children of one run are not read to stop those of another`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: child\nnodes: {a: {wait: {signal: never}}}")
    try await stage.database.apply("workflow: parent\nnodes: {a: {call: child}}")
    try await stage.database.apply(
      """
      workflow: many
      nodes:
        a: {map: {over: "${{ lists.range(2000) }}", spread: true}, handler: noop}
      """)
    let first = try stage.worker()
    try await stage.enqueue("many")
    #expect(try await stage.allEnded())
    try await end(first, stage)
    try await stage.database.query("ANALYZE swell.run")
    let index =
      "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE indexrelname LIKE 'run%parent%'"
    let before = try await stage.database.scalar(index).flatMap { Int($0) } ?? 0
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.run WHERE parent = '\(run)' AND state = 'live'"))
    try await stage.database.query("SELECT swell.cancel('\(run)')")
    #expect(try await stage.allEnded())
    try await end(worker, stage)
    let after = try await stage.database.scalar(index).flatMap { Int($0) } ?? 0
    #expect(after - before < 1000)
    #expect(try await stage.end([]).isEmpty)
  }

  /// Its sessions have told what they read once they are gone.
  private func end(_ worker: WorkerProcess, _ stage: Stage) async throws {
    let sessions =
      "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'swell%' AND datname = current_database() AND pid <> pg_backend_pid()"
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    #expect(try await stage.database.eventually(sessions))
  }
}
