import Foundation
import Swell
import SwellTesting
import Testing

/// Runs that nobody would ever look at again, if somebody did not see to it.
@Suite(.serialized) struct StrandedRunTests {
  @Test func `a retry comes at its time though another node waits for a kind that nobody has`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: fail_twice, retry: {strategy: fixed, delay: 300ms, maxRetries: 3}}
        b: {handler: nobody_has_it}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(
      try await stage.database.eventually(
        """
        SELECT EXISTS (SELECT FROM swell.run_nodes
          WHERE run_id = '\(run)' AND node_id = 'a' AND state = 'succeeded' AND attempt = 3)
        """, within: .seconds(15)))
    #expect(try await stage.run(run, "state") == "queued")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a deadline comes for a run that nobody can execute, and its handler runs`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      queue: unserved
      deadline: 1s
      onError: h
      nodes:
        a: {handler: nobody_has_it}
        h: {handler: effect}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(within: .seconds(15)))
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.run(run, "error->>'code'") == "deadline_exceeded")
    #expect(try await stage.node(run, "h", "state") == "succeeded")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `what was in flight is found by its own kind after a crash`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        slow: {handler: slow_effect}
        quick: {handler: echo}
        foreign: {handler: nobody_has_it, needs: quick}
      """)
    let victim = try stage.worker()
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 1500}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT EXISTS (SELECT FROM swell.node WHERE run_id = '\(run)' AND node_id = 'quick')"))
    victim.signal(SIGKILL)
    let heir = try stage.worker()
    #expect(
      try await stage.database.eventually(
        """
        SELECT EXISTS (SELECT FROM swell.run_nodes
          WHERE run_id = '\(run)' AND node_id = 'slow' AND state = 'succeeded')
        """))
    #expect(try await stage.end([victim, heir]).isEmpty)
  }

  @Test func `a worker half full takes what comes`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let worker = try stage.worker(["SWELL_TEST_CONCURRENCY": "2"])
    #expect(try await stage.workersRunning(1))
    for count in 1...2 {
      // Long enough for every look that the last run caused to find nothing.
      try await stage.database.query("SELECT pg_sleep(0.7)")
      try await stage.enqueue("w", 1, input: #"{"ms": 8000}"#)
      #expect(
        try await stage.ledger.eventually(
          "SELECT count(*) = \(count) FROM effect WHERE event = 'started'", within: .seconds(4)))
    }
    #expect(try await stage.allEnded())
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `one run at a time is one, whatever the recorders`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: doze}}")
    try await stage.enqueue("w", 6, input: #"{"ms": 100}"#)
    let worker = try stage.worker(["SWELL_TEST_CONCURRENCY": "1"])
    #expect(try await stage.allEnded())
    #expect(
      try await stage.database.scalar(
        """
        SELECT count(*) FROM swell.node AS a JOIN swell.node AS b
          ON a.run_id < b.run_id AND a.started_at < b.finished_at AND b.started_at < a.finished_at
        """) == "0")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `an urgent run that committed late is not left behind a backlog`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: doze}}")
    let worker = try stage.worker(["SWELL_TEST_CONCURRENCY": "1"])
    #expect(try await stage.workersRunning(1))
    let other = try await TestDatabase.open(stage.database.url)
    try await other.query("BEGIN")
    let urgent = try #require(
      try await other.scalar(#"SELECT swell.enqueue('w', '{"ms": 1}', priority => 9)"#))
    try await stage.enqueue("w", 100, input: #"{"ms": 100}"#)
    #expect(
      try await stage.database.eventually("SELECT count(*) >= 15 FROM swell.node"))
    try await other.query("COMMIT")
    #expect(try await stage.allEnded())
    // Of a hundred, most come after it.
    let later = try await stage.database.scalar(
      """
      SELECT count(*) > 40 FROM swell.node
      WHERE started_at > (SELECT started_at FROM swell.node WHERE run_id = '\(urgent)')
      """)
    #expect(later == "t")
    await other.connection.close()
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a rescued run does not hide the backlog behind it`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: slow\nnodes: {a: {handler: slow_effect}}")
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let victim = try stage.worker(["SWELL_TEST_CONCURRENCY": "5"])
    #expect(try await stage.workersRunning(1))
    try await stage.enqueue("slow", 5, input: #"{"ms": 1500}"#)
    #expect(
      try await stage.ledger.eventually("SELECT count(*) = 5 FROM effect"))
    victim.signal(SIGKILL)
    // More than is done by the time of the rescue.
    try await stage.enqueue("w", 3000, input: #"{"ms": 100}"#)
    let heir = try stage.worker(["SWELL_TEST_CONCURRENCY": "40", "SWELL_TEST_RECORDERS": "1"])
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 5 FROM swell.run WHERE workflow = 'slow' AND state <> 'live'"))
    // It is eight seconds of work; with the bounds behind it, forty runs a second are found.
    #expect(try await stage.allEnded(within: .seconds(30)))
    #expect(try await stage.end([victim, heir]).isEmpty)
  }

  @Test func `a locked row keeps no other run from being handed back`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let worker = try stage.worker(["SWELL_TEST_GRACE_MS": "100"])
    let runs = try await stage.enqueue("w", 5, input: #"{"ms": 60000}"#)
    #expect(try await stage.ledger.eventually("SELECT count(*) = 5 FROM effect"))
    let locker = try await TestDatabase.open(stage.database.url)
    try await locker.query("BEGIN; SELECT FROM swell.ready WHERE run_id = '\(runs[2])' FOR UPDATE")
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.ready WHERE claimed_by IS NULL AND crashes = 0") == "4")
    try await locker.query("COMMIT")
    await locker.connection.close()
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `handlers that block every thread stop neither heartbeats nor timeouts`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: spin, timeout: 1s, retry: {strategy: none}}}")
    let worker = try stage.worker()
    #expect(try await stage.workersRunning(1))
    let count = ProcessInfo.processInfo.activeProcessorCount
    try await stage.enqueue("w", count, input: #"{"ms": 12000}"#)
    #expect(try await stage.allEnded(within: .seconds(10)))
    #expect(try await stage.states() == ["failed": count])
    #expect(
      try await stage.database.scalar(
        "SELECT bool_and(error->>'kind' = 'timeout') FROM swell.dead_letters") == "t")
    let beat = try #require(
      try await stage.database.scalar("SELECT heartbeat_at FROM swell.worker"))
    #expect(
      try await stage.database.eventually(
        "SELECT heartbeat_at > '\(beat)' FROM swell.worker", within: .seconds(4)))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a run that used up its crash budget is taken though others that crashed are held`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("w", 1)
    try await stage.database.query("UPDATE swell.ready SET crashes = 3")
    let id = "0190c0de-0000-7000-8000-000000000002"
    try await stage.database.query(
      "SELECT * FROM swell.register_v1('\(id)', 'n', 'h', 1, '0', '{handler:noop}', NULL, 2, true)")
    func claimed(by recorder: Int) async throws -> String? {
      try await stage.database.scalar(
        """
        SELECT count(run_id) FROM swell.claim_v1('\(id)', \(recorder), 1,
          ARRAY(SELECT lane FROM swell.lane WHERE lane > 1), '{0}', '{0}', 10, 0, 0, false, false, true)
        """)
    }
    #expect(try await claimed(by: 1) == "0")
    #expect(try await claimed(by: 0) == "1")
    #expect(try await stage.end([]).isEmpty)
  }

  @Test func `who ended and holds nothing is looked at no more, until it holds something`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let run = try await stage.enqueue("w")[0]
    let (gone, lost, me) = (
      "0190c0de-0000-7000-8000-00000000000a", "0190c0de-0000-7000-8000-00000000000b",
      "0190c0de-0000-7000-8000-00000000000c"
    )
    try await stage.database.query(
      """
      INSERT INTO swell.worker (worker_id, name, host, pid, version, kinds, locked, lock_key, epochs,
        state, started_at, heartbeat_at)
      SELECT id, 'n', 'h', 1, '0', '{}', false, 0, '{1}', 'stopped', now(), now() - interval '1 minute'
      FROM unnest('{\(gone)}'::uuid[]) AS id
      """)
    let look =
      "SELECT worker FROM swell.rescue_v1('\(me)', '{}', true, true, NULL) WHERE worker IS NOT NULL"
    let settled = "SELECT settled FROM swell.worker WHERE worker_id = '\(gone)'"
    #expect(try await stage.database.query(look).isEmpty)
    #expect(try await stage.database.scalar(settled) == "t")
    // A claim that came too late: housekeeping finds it, and one of a worker that is forgotten.
    for holder in [gone, lost] {
      try await stage.database.query(
        """
        UPDATE swell.ready SET claimed_by = '\(holder)', recorder = 0, claimed_at = now(), claim_token = 7
        """)
      #expect(try await stage.database.query(look).isEmpty)
      try await stage.database.query("SELECT swell.maintain_v1('rows')")
      #expect(try await stage.database.scalar(look) == holder)
      try await stage.database.query(
        "SELECT * FROM swell.rescue_v1('\(me)', '{\(holder)}', true, true, NULL)")
      #expect(try await stage.run(run, "worker") == nil)
    }
    #expect(try await stage.end([]).isEmpty)
  }
}
