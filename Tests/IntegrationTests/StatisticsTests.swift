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

  @Test func `news of thousands of runs are read once, when most signals were old ones`()
    async throws
  {
    let stage = try await Stage()
    let database = stage.database
    let worker = "0190c0de-0000-7000-8000-00000000000c"
    try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.register(worker)
    // The table of the runs was looked at when it was empty.
    try await database.query("VACUUM ANALYZE swell.ready")
    try await database.query(
      """
      SELECT count(*) FROM swell.enqueue_many(
        'w', array_fill('1'::jsonb, ARRAY[2000]), scheduled_at => swell.now() + interval '1 hour')
      """)
    try await database.query(
      """
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at, folded)
      SELECT (SELECT min(run_id::text)::uuid FROM swell.ready), 'signal', 'x', '1', 'test', now(), true
      FROM generate_series(1, 1000)
      """)
    try await database.query("VACUUM ANALYZE swell.signal")
    try await database.query("SELECT count(swell.cancel(run_id)) FROM swell.ready")
    let before = try await stage.indexEntriesRead(of: "signal", "ready")
    for left in ["1000", "0"] {
      try await database.query("SET statement_timeout = '20s'")
      try await database.query(
        """
        SELECT count(*) FROM swell.claim_v1('\(worker)', 0, 1, '{1}', '{0}', '{0}', 0, 16, 1, true, false, true)
        """)
      #expect(
        try await database.scalar("SELECT count(*) FROM swell.signal WHERE NOT folded") == left)
    }
    #expect(try await stage.indexEntriesRead(of: "signal", "ready") - before < 2000 * 50)
    #expect(
      try await database.scalar("SELECT count(*) FROM swell.ready WHERE lane = 1") == "2000")
    await database.connection.close()
    await stage.ledger.connection.close()
  }

  /// The plans are made while the planner knows of few runs.
  @Test func `a batch is read once, not once for each of its runs`() async throws {
    let stage = try await Stage()
    let database = stage.database
    let worker = "0190c0de-0000-7000-8000-00000000000e"
    try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.register(worker)
    try await stage.enqueue("w", 300)
    let before = try await stage.indexEntriesRead(of: "run")
    let claimed = try await stage.claim(200, by: worker)
    try #require(claimed.count == 200)
    #expect(try await stage.indexEntriesRead(of: "run") - before < 1000)
    func list(_ text: (Int) -> String) -> String { (0..<200).map(text).joined(separator: ",") }
    let empty = Array(repeating: "'{}'", count: 16 + 9 + 5).joined(separator: ", ")
    try await database.query(
      """
      SELECT lost FROM swell.record_v1('\(worker)', 0, 1, '{\(list { claimed[$0].run })}', '{\(list { claimed[$0].token })}',
        '{\(list { _ in "0" })}', '{\(list { _ in "2" })}', '{\(list { _ in "NULL" })}', '{\(list { _ in "NULL" })}',
        '{\(list { _ in "NULL" })}', '{\(list { _ in "false" })}',
        '{\(list { "\($0 + 1)" })}', '{\(list { _ in "succeeded" })}', '{\(list { _ in "1" })}', '{\(list { _ in "NULL" })}',
        '{\(list { _ in "NULL" })}', \(empty), NULL, NULL, '{}')
      """)
    #expect(
      try await database.scalar("SELECT count(*) FROM swell.run WHERE state = 'succeeded'") == "200"
    )
    #expect(try await stage.indexEntriesRead(of: "run") - before < 2000)
    for connection in [database.connection, stage.ledger.connection] { await connection.close() }
  }

  @Test func `who starts children does not read the runs of all others`() async throws {
    let stage = try await Stage()
    let database = stage.database
    try await database.apply("workflow: child\nnodes: {a: {handler: noop}}")
    try await database.apply(
      "workflow: parent\nnodes: {a: {call: child}, b: {call: child, needs: a}}")
    try await database.query(
      """
      SELECT count(*) FROM swell.enqueue_many(
        'child', array_fill('1'::jsonb, ARRAY[5000]), scheduled_at => swell.now() + interval '1 hour')
      """)
    try await database.query("ANALYZE swell.run")
    let index =
      "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE indexrelname LIKE 'run%pkey'"
    let before = try await database.scalar(index).flatMap { Int($0) } ?? 0
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(
      try await database.eventually(
        "SELECT NOT EXISTS (SELECT FROM swell.ready WHERE run_id = '\(run)')"), "\(worker.log)")
    try await end(worker, stage)
    let after = try await database.scalar(index).flatMap { Int($0) } ?? 0
    #expect((1..<1000).contains(after - before))
    for connection in [database.connection, stage.ledger.connection] { await connection.close() }
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
