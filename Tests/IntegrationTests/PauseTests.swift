import Foundation
import Swell
import SwellTesting
import Testing

/// Runs that people stop for a while, and what they are told of runs that do not run.
@Suite struct PauseTests {
  static let paused = "SELECT count(*) = 1 FROM swell.runs WHERE state = 'paused'"

  @Test func `a run that nobody holds rests until it is resumed`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes:\n  ask: {wait: {signal: go}}\n  after: {handler: effect, needs: ask, input: 1}\n"
    )
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(
      try await stage.database.eventually("SELECT state = 'waiting' FROM swell.runs"),
      "\(worker.log)")
    try await stage.database.query("SELECT swell.pause('\(run)', 'let me look')")
    #expect(try await stage.database.eventually(Self.paused), "\(worker.log)")
    #expect(
      try await stage.database.scalar("SELECT swell.explain('\(run)')")?.hasPrefix(
        "It is paused, by ")
        == true)
    // What comes meanwhile is kept.
    try await stage.database.query("SELECT swell.signal('\(run)', 'go')")
    #expect(
      try await stage.database.scalar("SELECT count(*) FROM swell.ready WHERE lane = 0") == "1")
    #expect(try await stage.ledger.scalar("SELECT count(*) FROM effect") == "0")
    try await stage.database.query("SELECT swell.resume('\(run)')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(
      try await stage.database.query("SELECT what, why FROM swell.audit ORDER BY audit_id")
        == [["pause", "let me look"], ["resume", nil]])
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `what is in flight ends first, and nothing follows it`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        first: {handler: slow_effect, input: {ms: 3000}}
        second: {handler: effect, needs: first}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.ledger.eventually("SELECT count(*) = 1 FROM effect"), "\(worker.log)")
    try await stage.database.query("SELECT swell.pause('\(run)')")
    #expect(try await stage.database.eventually(Self.paused), "\(worker.log)")
    #expect(try await stage.node(run, "first", "state") == "succeeded")
    #expect(try await stage.node(run, "second", "state") == nil)
    try await stage.database.query("SELECT swell.resume('\(run)')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(
      try await stage.ledger.query(
        "SELECT node_id, count(*) FROM effect WHERE event = 'effect' GROUP BY 1 ORDER BY 1")
        == [["first", "1"], ["second", "1"]])
    #expect(try await stage.end([worker]) == [])
  }

  /// They stand until the runs are given back, which may take as long as what is in flight.
  @Test func `pauses of many runs keep a holder from hearing of nothing else`() async throws {
    let stage = try await Stage()
    let worker = "0190c0de-0000-7000-8000-00000000000a"
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let runs = try await stage.enqueue("w", 151)
    try await stage.register(worker)
    #expect(try await stage.claim(200, by: worker).count == 151)
    try await stage.database.query(
      """
      SELECT swell.pause(r.run_id, repeat('x', 500)), swell.resume(r.run_id), swell.pause(r.run_id)
      FROM swell.ready AS r WHERE r.claimed_by IS NOT NULL AND r.run_id <> '\(runs[150])'
      """)
    try await stage.database.query("SELECT swell.cancel('\(runs[150])')")
    #expect(
      try await stage.database.query(
        """
        SELECT s ->> 'kind', count(*), count(DISTINCT s ->> 'run')
        FROM swell.heartbeat_v1('\(worker)', 'running') AS h, jsonb_array_elements(h.signals) AS s
        GROUP BY 1 ORDER BY 1
        """) == [["cancel", "1", "1"], ["pause", "150", "150"]])
    try await stage.database.query(
      """
      SELECT swell.release_v1('\(worker)', 0, 1, array_agg(run_id), array_agg(claim_token))
      FROM swell.ready WHERE claimed_by IS NOT NULL
      """)
    #expect(try await stage.end([]).isEmpty)
  }

  /// A claim has seen the pause and is about to carry it out; until it has the run's row, others carry out the pause
  /// and the resume that follows.
  @Test func `a pause that was taken back meanwhile is not carried out again`() async throws {
    let stage = try await Stage()
    let database = stage.database
    let workers = ["0190c0de-0000-7000-8000-00000000001a", "0190c0de-0000-7000-8000-00000000001b"]
    try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let run = try await stage.enqueue("w")[0]
    for worker in workers { try await stage.register(worker) }
    // Whoever wants it waits between seeing who is spoken to and having the row.
    try await database.query("ALTER FUNCTION swell.spoken_to(bigint) RENAME TO spoken_to_at_once")
    try await database.query(
      """
      CREATE FUNCTION swell.spoken_to(p_from bigint) RETURNS SETOF uuid LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        RETURN QUERY SELECT * FROM swell.spoken_to_at_once(p_from);
        IF current_setting('test.slow', true) = 'yes' THEN PERFORM pg_sleep(3); END IF;
      END $$
      """)
    func claim(by worker: String) -> String {
      "SELECT count(run_id) FROM swell.claim_v1('\(worker)', 0, 1, '{1}', '{0}', '{0}', 1, 16, 1, false, false, true)"
    }
    try await database.query("SELECT swell.pause('\(run)')")
    let slow = try await TestDatabase.open(database.url)
    try await slow.query("SET test.slow = 'yes'")
    async let late = slow.query(claim(by: workers[0]))
    #expect(
      try await database.eventually(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
      ))
    let lane = "SELECT lane = 0 FROM swell.ready"
    try await database.query(claim(by: workers[1]))
    #expect(try await database.scalar(lane) == "t")
    try await database.query("SELECT swell.resume('\(run)')")
    try await database.query(claim(by: workers[1]))
    #expect(try await database.scalar(lane) == "f")
    #expect(
      try await database.scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        == "1")
    _ = try await late
    #expect(try await database.scalar(lane) == "f")
    for connection in [slow.connection, database.connection, stage.ledger.connection] {
      await connection.close()
    }
  }

  @Test func `a paused run can be cancelled, and a retry that it waits for comes back with it`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes:\n  work: {handler: fail_twice, retry: {strategy: fixed, delay: 1s, maxRetries: 3}}\n"
    )
    let worker = try stage.worker()
    let runs = try await stage.enqueue("w", 2)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 FROM swell.runs WHERE state = 'retrying'"), "\(worker.log)")
    for run in runs { try await stage.database.query("SELECT swell.pause('\(run)')") }
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 FROM swell.runs WHERE state = 'paused'"), "\(worker.log)")
    try await stage.database.query("SELECT swell.cancel('\(runs[0])')")
    try await stage.database.query("SELECT swell.resume('\(runs[1])')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(runs[0], "state") == "cancelled")
    #expect(try await stage.run(runs[1], "state") == "succeeded")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `what makes no sense is refused`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes:\n  work: {handler: noop}\n")
    let run = try await stage.enqueue("w")[0]
    func code(_ sql: String) async -> String? {
      do {
        try await stage.database.query(sql)
        return nil
      } catch {
        return error.sqlState
      }
    }
    #expect(await code("SELECT swell.resume('\(run)')") == "SW005")
    #expect(await code("SELECT swell.pause('\(run)', repeat('a', 5000))") == "SW003")
    #expect(await code("SELECT swell.pause('\(run)')") == nil)
    #expect(await code("SELECT swell.pause('\(run)')") == "SW005")
    // Nothing has folded it yet: the last wish counts.
    #expect(await code("SELECT swell.resume('\(run)')") == nil)
    #expect(await code("SELECT swell.pause(swell.new_run_id())") == "SW007")
    #expect(await code("SELECT swell.explain(swell.new_run_id())") == "SW007")
    let worker = try stage.worker()
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(await code("SELECT swell.pause('\(run)')") == "SW005")
    #expect(await code("SELECT swell.resume('\(run)')") == "SW005")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `why a run does not run is said in words`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a_signal: {wait: {signal: paid, timeout: 2d}}
        b_person: {approval: {title: "Ship it?"}}
        c_time: {wait: {duration: 5d}}
        d_retry: {handler: fail_always, retry: {strategy: fixed, delay: 1h, maxRetries: 3}}
        e_call: {call: child}
        f_calls: {map: {over: "${{ [1, 2, 3] }}"}, call: child}
      """)
    try await stage.database.apply("workflow: child\nnodes:\n  work: {handler: nobody_has_it}\n")
    try await stage.database.apply("workflow: fine\nnodes:\n  work: {handler: noop}\n")
    try await stage.database.apply("workflow: bad\nnodes:\n  work: {handler: reject}\n")
    let run = try await stage.enqueue("w")[0]
    func explain(_ run: String) async throws -> String {
      try await stage.database.scalar("SELECT swell.explain('\(run)')") ?? ""
    }
    #expect(try await explain(run).contains("no worker is alive: start one"))
    let worker = try stage.worker(["SWELL_TEST_QUEUES": "default"])
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 8 FROM swell.node WHERE state IN ('waiting', 'retrying')"),
      "\(worker.log)")
    #expect(
      try await stage.database.eventually("SELECT bool_and(claimed_by IS NULL) FROM swell.ready"))
    let words = try await explain(run)
    for part in [
      "Node a_signal waits for the signal 'paid' until 2",
      "Node b_person waits for an answer to 'Ship it?'",
      "SELECT swell.approve('\(run)', 'b_person') says yes", "Node c_time waits until 2",
      "Node d_retry failed (transport: always away); attempt 2 is due at 2",
      "Node e_call waits for the run 0", "Node f_calls waits for 3 runs",
    ] {
      #expect(words.contains(part), "\(words)")
    }
    let child = try #require(
      try await stage.database.scalar(
        "SELECT run_id FROM swell.runs WHERE workflow = 'child' LIMIT 1"))
    #expect(
      try await explain(child).contains(
        "no live worker of queue default has what it needs: handler:nobody_has_it"))
    let later = try #require(
      try await stage.database.scalar(
        "SELECT swell.enqueue('fine', scheduled_at => swell.now() + interval '1 hour')"))
    #expect(try await explain(later).hasPrefix("It is scheduled for 2"))
    try await stage.database.apply(
      "workflow: asks\nqueue: nobodys\nnodes: {ask: {approval: {title: x}}}")
    let unserved = try await stage.enqueue("asks")[0]
    #expect(try await explain(unserved).contains("no live worker serves its queue nobodys"))
    #expect(try await stage.run(unserved, "waits_for") == "{}")
    let shown = try await SwellCommand.run(
      ["show", unserved], ["DATABASE_URL": stage.database.url])
    #expect(shown.output.contains("waits: no live worker serves queue nobodys"), "\(shown.output)")
    let ended = try await stage.enqueue("fine")[0]
    let failed = try await stage.enqueue("bad")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 FROM swell.runs WHERE finished_at IS NOT NULL"), "\(worker.log)")
    #expect(try await explain(ended).hasPrefix("It succeeded at 2"))
    #expect(
      try await explain(failed).contains("rejected (node work, validation). SELECT swell.retry("))
    await worker.destroy()
    await stage.database.connection.close()
  }
}
