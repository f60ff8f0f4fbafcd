import Foundation
import Swell
import SwellTesting
import Testing

/// Handlers that return what cannot be stored, throw, hang or do not listen.
@Suite(.serialized) struct BadOutputTests {
  @Test func `whatever a handler does, its node fails and the worker lives`() async throws {
    let cases: [(handler: String, kind: String)] = [
      ("huge", "tooLarge"), ("nul", "serialization"), ("surrogate", "serialization"),
      ("bad_utf8", "serialization"), ("deep", "serialization"), ("exponent", "serialization"),
      ("not_json", "serialization"), ("throw_anything", "execution"), ("reject", "validation"),
      ("typed", "marshaling"),
    ]
    let stage = try await Stage()
    var runs: [String: String] = [:]
    for each in cases {
      try await stage.database.apply(
        "workflow: w_\(each.handler)\nnodes: {a: {handler: \(each.handler), retry: {strategy: none}}}"
      )
      runs[each.handler] = try await stage.enqueue("w_\(each.handler)")[0]
    }
    try await stage.database.apply("workflow: good\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("good", 50)
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    for each in cases {
      let run = try #require(runs[each.handler])
      #expect(try await stage.node(run, "a", "error_kind") == each.kind, "\(each.handler)")
      #expect(try await stage.run(run, "state") == "failed", "\(each.handler)")
    }
    #expect(try await stage.states() == ["failed": cases.count, "succeeded": 50])
    #expect(kill(worker.pid, 0) == 0)
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a handler that ignores its timeout costs a slot, not the worker`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: deaf, timeout: 200ms, retry: {strategy: none}}}")
    let worker = try stage.worker()
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 20000}"#)[0]
    #expect(try await stage.allEnded(within: .seconds(15)))
    #expect(try await stage.node(run, "a", "error_kind") == "timeout")
    #expect(worker.log.contains("ignores cancellation"))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a handler that never suspends is stopped for its time, if it looks`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: crunch, timeout: 200ms, retry: {strategy: none}}}")
    try await stage.database.apply("workflow: good\nnodes: {a: {handler: noop}}")
    let worker = try stage.worker(["SWELL_TEST_CANCEL_GRACE_MS": "5000"])
    try await stage.enqueue("w", 20, input: #"{"ms": 60000}"#)
    try await stage.enqueue("good", 20)
    #expect(try await stage.allEnded(within: .seconds(20)))
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.dead_letters WHERE error->>'kind' = 'timeout'") == "20")
    #expect(try await stage.states() == ["failed": 20, "succeeded": 20])
    #expect(!worker.log.contains("ignores cancellation"))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `handlers that block every thread for ever stop nobody else`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: block, timeout: 300ms, retry: {strategy: none}}}")
    try await stage.database.apply("workflow: good\nnodes: {a: {handler: effect}}")
    let worker = try stage.worker(["SWELL_TEST_LEAKS": "1000"])
    // More than there are threads at first.
    let count = ProcessInfo.processInfo.activeProcessorCount + 4
    try await stage.enqueue("w", count, input: #"{"ms": 3600000}"#)
    #expect(try await stage.database.eventually("SELECT count(*) > 0 FROM swell.node"))
    try await stage.enqueue("good", 50)
    #expect(try await stage.allEnded(within: .seconds(30)))
    #expect(try await stage.states() == ["failed": count, "succeeded": 50])
    #expect(worker.log.contains("handlers block every thread"))
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test
  func `a worker whose handlers have blocked too many threads stops, and another one goes on`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: block, timeout: 300ms, retry: {strategy: none}}}")
    try await stage.database.apply("workflow: good\nnodes: {a: {handler: noop}}")
    let limits = ["SWELL_TEST_LEAKS": "3", "SWELL_TEST_GRACE_MS": "1000"]
    let first = try stage.worker(limits)
    try await stage.enqueue("w", 5, input: #"{"ms": 3600000}"#)
    try await stage.enqueue("good", 50)
    let stops = await first.says("too many handlers ignore cancellation")
    #expect(stops)
    if !stops { first.signal(SIGKILL) }
    #expect(await first.ended() != 0)
    let second = try stage.worker(limits)
    #expect(try await stage.allEnded(within: .seconds(30)))
    #expect(try await stage.states() == ["failed": 5, "succeeded": 50])
    #expect(try await stage.end([second]).isEmpty)
  }

  @Test func `a handler that cancels the task it runs in harms no other one`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: cancels_itself}}")
    try await stage.database.apply(
      "workflow: good\nnodes: {a: {handler: crunch, retry: {strategy: none}}}")
    for _ in 0..<20 {
      try await stage.enqueue("w", 2)
      try await stage.enqueue("good", 2, input: #"{"ms": 1}"#)
    }
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 80])
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `while a handler spins, heartbeats and other runs go on`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: spin\nnodes: {a: {handler: spin}}")
    try await stage.database.apply("workflow: good\nnodes: {a: {handler: noop}}")
    let worker = try stage.worker()
    let spin = try await stage.enqueue("spin", 1, input: #"{"ms": 15000}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'running' FROM swell.runs WHERE run_id = '\(spin)'"))
    let before = try await stage.database.scalar("SELECT heartbeat_at FROM swell.workers") ?? ""
    try await stage.enqueue("good", 20)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 20 FROM swell.runs WHERE workflow = 'good' AND state = 'succeeded'",
        within: .seconds(10)))
    #expect(try await stage.run(spin, "state") == "running")
    #expect(
      try await stage.database.eventually(
        "SELECT heartbeat_at >= '\(before)'::timestamptz + interval '4 seconds' FROM swell.workers",
        within: .seconds(12)))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a value that only the server refuses fails its own node alone`() async throws {
    let stage = try await Stage()
    try await stage.database.query(
      """
      ALTER TABLE swell.node ADD CONSTRAINT refuse_me CHECK (output IS NULL OR output <> '{"refuse": "me"}');
      """)
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: refused}}")
    try await stage.enqueue("w", 30)
    let bad = try await stage.enqueue("w", 1, input: #"{"refuse": 1}"#)[0]
    try await stage.enqueue("w", 30)
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["failed": 1, "succeeded": 60])
    let kind = try await stage.node(bad, "a", "error_kind")
    let error = try await stage.run(bad, "error") ?? ""
    #expect(kind == "serialization", "\(error)\n\(worker.log)")
    #expect(try await stage.end([worker]).isEmpty)
  }

  /// More than one record carries, so that some of what has ended waits for the next one.
  @Test(.enabled(if: PooledSuite.isOff, "the proxy stands before the server"))
  func `a value that is refused in the first part of a run's record costs the other parts nothing`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.query(
      """
      ALTER TABLE swell.node ADD CONSTRAINT refuse_me CHECK (output IS NULL OR output <> '{"refuse": "me"}');
      """)
    try await stage.database.apply(
      "workflow: w\nconcurrency: 60\nnodes:\n  bad: {handler: refused, input: {refuse: 1, ms: 800}}\n"
        + (0..<50).map { "  n\($0): {handler: large, input: {ms: 1000}}\n" }.joined())
    try await stage.database.apply(
      "workflow: short\nnodes: {a: {handler: sleep, input: {ms: 300}}}")
    // All of them have ended when the reply to the short run's record has come.
    let proxy = try FaultProxy(to: stage.database.url)
    proxy.onCall { call in
      call.functions.first == "record_v1" && call.count == 1 ? .lateReply(.seconds(4)) : nil
    }
    let run = try await stage.enqueue("w")[0]
    try await stage.enqueue("short")
    let worker = try stage.worker(["DATABASE_URL": proxy.url, "SWELL_TEST_RECORDERS": "1"])
    #expect(try await stage.allEnded())
    #expect(try await stage.node(run, "bad", "error_kind") == "serialization", "\(worker.log)")
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.node WHERE run_id = '\(run)' AND state = 'succeeded' AND attempt = 1"
      ) == "50")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `handlers that compute get no more threads`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: spin, retry: {strategy: none}}}")
    let worker = try stage.worker()
    let count = 4 * ProcessInfo.processInfo.activeProcessorCount
    try await stage.enqueue("w", count, input: #"{"ms": 2500}"#)
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": count])
    #expect(!worker.log.contains("handlers block every thread"))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a handler that blocks whoever stops it stops nobody else`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: blocks\nnodes: {a: {handler: block_stop, timeout: 500ms, retry: {strategy: none}}}"
    )
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let worker = try stage.worker()
    let run = try await stage.enqueue("blocks", input: #"{"ms": 6000}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'failed' FROM swell.runs WHERE run_id = '\(run)'", within: .seconds(5)),
      "\(worker.log)")
    try await stage.enqueue("w", 20)
    #expect(try await stage.allEnded(within: .seconds(3)), "\(worker.log)")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `handlers that block are made up for beside one that computes`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: computes\nnodes: {a: {handler: spin}}")
    try await stage.database.apply("workflow: blocks\nnodes: {a: {handler: block}}")
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let worker = try stage.worker()
    try await stage.enqueue("computes", input: #"{"ms": 12000}"#)
    let count = ProcessInfo.processInfo.activeProcessorCount - 1
    try await stage.enqueue("blocks", count, input: #"{"ms": 12000}"#)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = \(count + 1) FROM swell.ready WHERE claimed_by IS NOT NULL"))
    let run = try await stage.enqueue("w")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'succeeded' FROM swell.runs WHERE run_id = '\(run)'", within: .seconds(8)),
      "\(worker.log)")
    #expect(worker.log.contains("handlers block every thread"))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `what is refused after a record that failed otherwise still fails its node`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.query(
      """
      CREATE SEQUENCE swell.tries;
      CREATE FUNCTION swell.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.output = '{"refuse": "me"}' THEN
          IF nextval('swell.tries') = 1 THEN RAISE EXCEPTION 'not now'; END IF;
          RAISE EXCEPTION 'never' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON swell.node FOR EACH ROW EXECUTE FUNCTION swell.refuse();
      GRANT USAGE ON SEQUENCE swell.tries TO PUBLIC
      """)
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: refused}}")
    try await stage.enqueue("w", 20)
    let bad = try await stage.enqueue("w", 1, input: #"{"refuse": 1}"#)[0]
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["failed": 1, "succeeded": 20])
    #expect(try await stage.node(bad, "a", "error_kind") == "serialization")
    #expect(try await stage.run(bad, "error->>'kind'") == "serialization")
    #expect(worker.log.contains("not now"))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `failures whose rows the server refuses end their run alone, and say why`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.query(
      "ALTER TABLE swell.attempt ADD CONSTRAINT refuse_me CHECK (error->>'message' <> 'always away')"
    )
    try await stage.database.apply(
      "workflow: bad\nnodes: {a: {handler: fail_always}, b: {handler: sleep}}")
    try await stage.database.apply("workflow: good\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("good", 30)
    let bad = try await stage.enqueue("bad", 1, input: #"{"ms": 60000}"#)[0]
    try await stage.enqueue("good", 30)
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["failed": 1, "succeeded": 60])
    #expect(try await stage.run(bad, "error->>'kind'") == "serialization")
    #expect(try await stage.run(bad, "error->>'code'") == "sqlstate_23514")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `with too many deaf handlers a worker drains and ends`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: deaf, timeout: 100ms, retry: {strategy: none}}}")
    let worker = try stage.worker(["SWELL_TEST_LEAKS": "3"])
    try await stage.enqueue("w", 3, input: #"{"ms": 60000}"#)
    // Not 0: a supervisor that restarts what failed is to restart it.
    #expect(await worker.ended() != 0)
    #expect(worker.log.contains("leaked_slots"))
    #expect(worker.log.contains("too many handlers ignore cancellation"))
    #expect(try await stage.states() == ["failed": 3])
    #expect(try await stage.database.scalar("SELECT state FROM swell.workers") == "stopped")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `large outputs are recorded in parts`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: large}}")
    try await stage.enqueue("w", 120)
    let worker = try stage.worker(["SWELL_TEST_RECORDERS": "1"])
    #expect(try await stage.allEnded(within: .seconds(120)))
    #expect(try await stage.states() == ["succeeded": 120])
    // 16 MiB a record, and the run that went over it.
    #expect(
      try await stage.database.scalar(
        """
        SELECT max(total) < 18 * 1048576 AND max(runs) > 1 FROM (
          SELECT sum(octet_length(output::text)) AS total, count(*) AS runs
          FROM swell.node GROUP BY xmin) AS x
        """) == "t")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test(arguments: [
    "charge: {handler: noop}",
    "charge: {handler: noop}\n  ask: {call: child}",
    "charge: {handler: noop}\n  ask: {call: child, needs: charge}",
    // Refused while it executes, and deaf to the cancel that follows.
    "charge: {handler: deaf}\n  ask: {call: child}",
    "charge: {handler: noop}\n  each: {map: {over: \"${{ [1, 2] }}\", spread: true}, handler: noop}",
    "charge: {handler: noop}\n  each: {map: {over: \"${{ [1, 2] }}\"}, handler: noop}",
    "each: {map: {over: \"${{ [1, 2] }}\"}, handler: fail_always}\n  charge: {handler: noop}",
  ])
  func `a success is not blamed for what the server refuses beside it`(nodes: String) async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: child\nnodes: {a: {handler: noop}}")
    try await stage.database.apply("workflow: parent\nnodes:\n  \(nodes)\n")
    // The server refuses children, items of lists and outputs of runs, whoever stores them.
    try await stage.database.query(
      """
      ALTER TABLE swell.run ADD CONSTRAINT childless CHECK (parent IS NULL) NOT VALID;
      ALTER TABLE swell.run ADD CONSTRAINT outputless CHECK (output IS NULL) NOT VALID;
      ALTER TABLE swell.node ADD CONSTRAINT itemless CHECK (item = 0) NOT VALID;
      """)
    let worker = try stage.worker()
    let runs = try await stage.enqueue("parent", 5, input: #"{"ms": 300}"#)
    #expect(try await stage.allEnded(), "\(worker.log)")
    for run in runs {
      #expect(try await stage.run(run, "state") == "failed")
      #expect(
        try await stage.run(run, "error ->> 'message'")?.contains("refused the record") == true)
      #expect(
        try await stage.node(run, "charge", "concat(state, ' ', attempt, ' ', error ->> 'message')")
          == "succeeded 1 ", "\(worker.log)")
    }
    #expect(try await stage.end([worker]).isEmpty)
  }
}
