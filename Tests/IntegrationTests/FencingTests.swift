import Foundation
import Swell
import SwellTesting
import Testing

/// Two who believe they hold a run, locks that others hold, and replies that never came.
@Suite(.serialized) struct FencingTests {
  @Test func `a worker that was stopped beyond the heartbeat cannot write any more`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let sleeper = try stage.worker()
    #expect(try await stage.workersRunning(1))
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 6000}"#)[0]
    // It executes: a worker that stops before it reads the reply to its claim never learns that it held the run.
    #expect(try await stage.ledger.eventually("SELECT count(*) = 1 FROM effect"))
    let late = try await stage.run(run, "worker")
    sleeper.signal(SIGSTOP)
    let heir = try stage.worker()
    // The heir has the run and works on it; then the late one wakes, its own work long done.
    #expect(
      try await stage.database.eventually(
        "SELECT crashes = 1 AND worker IS NOT NULL FROM swell.runs WHERE run_id = '\(run)'",
        within: .seconds(60)))
    sleeper.signal(SIGCONT)
    #expect(try await stage.allEnded(within: .seconds(60)))
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.node(run, "a", "worker") != late)
    // Whichever of its calls comes first tells it: a record, or, where the stop fell into a
    // call whose time ran out meanwhile, the reconcile after that.
    #expect(await sleeper.says("dropped what was held", "gone=1"), "\(sleeper.log)")
    // It works again: what comes now goes through both.
    try await stage.enqueue("w", 4, input: #"{"ms": 1}"#)
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 5])
    #expect(try await stage.end([sleeper, heir]).isEmpty)
  }

  @Test func `an uncommitted cancel and a locked row hold nobody else up`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: echo}, b: {handler: sleep, needs: a}}")
    let runs = try await stage.enqueue("w", 50, input: #"{"ms": 3000}"#)
    let other = try await TestDatabase.open(stage.database.url)
    try await other.query("BEGIN; SELECT swell.cancel('\(runs[0])', 'not yet')")
    let locker = try await TestDatabase.open(stage.database.url)
    let worker = try stage.worker()
    #expect(
      try await stage.database.eventually(
        "SELECT bool_and(claimed_by IS NOT NULL) FROM swell.ready"))
    try await locker.query(
      "BEGIN; SELECT FROM swell.ready WHERE run_id = '\(runs[1])' FOR UPDATE")
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 49 FROM swell.runs WHERE state = 'succeeded'"))
    #expect(try await stage.run(runs[1], "state") == "running")
    try await locker.query("COMMIT")
    try await other.query("ROLLBACK")
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 50])
    await other.connection.close()
    await locker.connection.close()
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test(arguments: ["claim_reply:2", "record_reply:1", "record_reply:3"])
  func `a lost reply is reconciled`(point: String) async throws {
    let stage = try await Stage()
    try await stage.database.apply(CrashRecoveryTests.workflow)
    // The first claim learns the lanes, the second one brings the runs.
    try await stage.enqueue("w", 40)
    let worker = try stage.worker([
      "SWELL_TEST_FAULT": "\(point):lose", "SWELL_TEST_RECORDERS": "1",
    ])
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 40])
    #expect(await worker.says("reconciled"), "\(worker.log)")
    #expect(try await stage.repeated() == [])
    #expect(
      try await stage.database.scalar("SELECT max(attempt) FROM swell.node") == "1")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `after a failover each recorder reconciles before it claims or records`() async throws
  {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.database.query(Stage.changeableTimeline)
    let id = "0190c0de-0000-7000-8000-000000000003"
    try await stage.database.query(
      "SELECT * FROM swell.register_v1('\(id)', 'n', 'h', 1, '0', '{handler:noop}', NULL, 2, true)")
    func reconcile(_ recorder: Int, _ epoch: Int) async throws -> String? {
      try await stage.database.scalar(
        "SELECT timeline FROM swell.reconcile_v1('\(id)', \(recorder), \(epoch), '{}', '{}') WHERE run_id IS NULL"
      )
    }
    func claimed(_ recorder: Int, _ epoch: Int) async -> String? {
      do throws(PostgresError) {
        return try await stage.database.scalar(
          """
          SELECT count(run_id) FROM swell.claim_v1('\(id)', \(recorder), \(epoch),
            ARRAY(SELECT lane FROM swell.lane WHERE lane > 1), '{0}', '{0}', 10, 16, 1, false, false, true)
          """)
      } catch {
        return error.sqlState
      }
    }
    for recorder in 0...1 {
      #expect(try await reconcile(recorder, 2) == "1")
      #expect(await claimed(recorder, 2) == "0")
    }
    try await stage.database.query("SELECT setval('swell.test_timeline', 2)")
    #expect(await claimed(0, 2) == "SW101")
    #expect(await claimed(1, 2) == "SW101")
    #expect(try await reconcile(0, 3) == "2")
    #expect(await claimed(0, 3) == "0")
    #expect(await claimed(1, 2) == "SW101")
    #expect(try await reconcile(1, 3) == "2")
    try await stage.enqueue("w", 1)
    #expect(await claimed(1, 3) == "1")
    let fence =
      "SELECT swell.fence_v1('\(id)', 1, run_id, claim_token) FROM swell.ready"
    #expect(try await stage.database.scalar(fence) == "t")
    try await stage.database.query("SELECT setval('swell.test_timeline', 3)")
    #expect(try await stage.database.scalar(fence) == "f")
    // What another recorder holds is not this one's.
    #expect(try await reconcile(0, 4) == "3")
    #expect(
      try await stage.database.scalar(
        """
        SELECT c.held FROM swell.ready AS r,
          swell.reconcile_v1('\(id)', 0, 5, ARRAY[r.run_id], ARRAY[r.claim_token]) AS c WHERE c.run_id = r.run_id
        """) == "f")
    #expect(try await reconcile(1, 4) == "3")
    #expect(try await stage.end([]).isEmpty)
  }

  @Test func `a reconcile that arrives after a later one frees nothing`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("w", 1)
    let id = "0190c0de-0000-7000-8000-000000000002"
    try await stage.database.query(
      """
      SELECT * FROM swell.register_v1('\(id)', 'n', 'h', 1, '0', '{handler:noop}', NULL, 1, true)
      """)
    func reconcile(_ epoch: Int) -> String {
      "SELECT epoch FROM swell.reconcile_v1('\(id)', 0, \(epoch), '{}', '{}') WHERE run_id IS NULL"
    }
    // Epoch 2 was asked for over a connection that broke; the next one asks for 3, and claims.
    #expect(try await stage.database.scalar(reconcile(3)) == "3")
    #expect(
      try await stage.database.scalar(
        """
        SELECT count(run_id) FROM swell.claim_v1('\(id)', 0, 3,
          ARRAY(SELECT lane FROM swell.lane WHERE lane > 1), '{0}', '{0}', 10, 16, 1, false, false, true)
        """) == "1")
    await #expect(throws: PostgresError.self) {
      try await stage.database.query(reconcile(2))
    }
    #expect(
      try await stage.database.scalar("SELECT claimed_by = '\(id)' FROM swell.ready") == "t")
    try await stage.database.query(
      "SELECT swell.release_v1('\(id)', 0, 3, array_agg(run_id), array_agg(claim_token)) FROM swell.ready"
    )
    #expect(try await stage.end([]).isEmpty)
  }

  @Test func `who was given up claims nothing until it has registered again`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("w", 3)
    let id = "0190c0de-0000-7000-8000-000000000001"
    let register = """
      SELECT * FROM swell.register_v1('\(id)', 'n', 'h', 1, '0', '{handler:noop}', NULL, 1, true)
      """
    let claim = """
      SELECT count(run_id) FROM swell.claim_v1('\(id)', 0, 1,
        ARRAY(SELECT lane FROM swell.lane WHERE lane > 1), '{0}', '{0}', 10, 16, 1, false, false, true)
      """
    try await stage.database.query(register)
    try await stage.database.query(
      "UPDATE swell.worker SET state = 'dead' WHERE worker_id = '\(id)'")
    #expect(try await stage.database.scalar(claim) == "0")
    try await stage.database.query(register)
    #expect(try await stage.database.scalar(claim) == "3")
    try await stage.database.query(
      "SELECT swell.release_v1('\(id)', 0, 1, array_agg(run_id), array_agg(claim_token)) FROM swell.ready"
    )
    #expect(try await stage.end([]).isEmpty)
  }

  @Test func `an open transaction that retries runs holds no claim up`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let runs = try await stage.enqueue("w", 2)
    try await stage.database.query(
      "SELECT swell.cancel(run_id) FROM swell.run WHERE run_id = '\(runs[0])'")
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    await worker.destroy()
    // A cancel that came as its run ended.
    try await stage.database.query(
      """
      INSERT INTO swell.signal (run_id, kind, sender, created_at)
      VALUES ('\(runs[0])', 'cancel', 'late', clock_timestamp())
      """)
    let other = try await TestDatabase.open(stage.database.url)
    try await other.query("BEGIN; SELECT swell.retry('\(runs[0])')")
    let id = "0190c0de-0000-7000-8000-000000000002"
    try await stage.database.query(
      "SELECT * FROM swell.register_v1('\(id)', 'n', 'h', 1, '0', '{handler:noop}', NULL, 1, true)")
    // Fails with 57014 when it waits.
    try await stage.database.query(
      """
      SET statement_timeout = '2s';
      SELECT * FROM swell.claim_v1('\(id)', 0, 1, '{1}', '{0}', '{0}', 10, 16, 1, true, false, true);
      RESET statement_timeout
      """)
    try await other.query("COMMIT")
    await other.connection.close()
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.signal WHERE run_id = '\(runs[0])'") == "0")
    #expect(try await stage.end([]).isEmpty)
  }
}
