import Foundation
import Swell
import SwellTesting
import Testing

/// The way of a run, with a real worker process over a real server.
@Suite(.serialized) struct RunTests {
  @Test func `runs of every shape reach their end`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: one\nnodes: {a: {handler: noop}}")
    try await stage.database.apply(
      """
      workflow: chain
      nodes:
        a: {handler: echo}
        b: {handler: echo, needs: a}
        c: {handler: echo, needs: b}
      """)
    var wide = "workflow: wide\nconcurrency: 50\nnodes:\n  a: {handler: noop}\n"
    for index in 0..<200 { wide += "  b\(index): {handler: noop, needs: a}\n" }
    wide +=
      "  z: {handler: noop, needs: [\((0..<200).map { "b\($0)" }.joined(separator: ", "))]}\n"
    try await stage.database.apply(wide)
    let worker = try stage.worker()
    try await stage.enqueue("one", 50)
    let chain = try await stage.enqueue("chain", 1, input: #"{"x": 7}"#)[0]
    let fan = try await stage.enqueue("wide")[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 52])
    #expect(try await stage.run(chain, "output->>'x'") == "7")
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.run_nodes WHERE run_id = '\(fan)' AND state = 'succeeded'")
        == "202")
    #expect(try await stage.node(fan, "z", "wave") == "2")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a failed attempt is tried again at its scheduled time`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: fail_twice}}")
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.node(run, "a", "attempt") == "3")
    let gaps = try await stage.database.query(
      """
      SELECT extract(milliseconds FROM lead(started_at) OVER (ORDER BY number) - finished_at) >= 100
      FROM swell.attempt WHERE run_id = '\(run)' ORDER BY number
      """)
    #expect(gaps.count == 2)
    #expect(gaps[0][0] == "t")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a fallback stands in, and the primary's error stays`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: reject, fallback: f}
        f: {handler: echo}
        b: {handler: echo, needs: a}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w", 1, input: #"{"q": 1}"#)[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.node(run, "f", "degraded") == "t")
    #expect(try await stage.node(run, "a", "error->>'code'") == "no_thanks")
    #expect(try await stage.run(run, "output->'$primaryInput'->>'q'") == "1")
    #expect(try await stage.run(run, "output->'$primaryError'->>'kind'") == "validation")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `the error handler runs once and never hides the original error`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: good_handler
      onError: h
      nodes:
        a: {handler: reject}
        h: {handler: echo}
      """)
    try await stage.database.apply(
      """
      workflow: bad_handler
      onError: h
      nodes:
        a: {handler: reject}
        h: {handler: throw_anything, retry: {strategy: none}}
      """)
    let worker = try stage.worker()
    let good = try await stage.enqueue("good_handler")[0]
    let bad = try await stage.enqueue("bad_handler")[0]
    #expect(try await stage.allEnded())
    for run in [good, bad] {
      #expect(try await stage.run(run, "state") == "failed")
      #expect(try await stage.run(run, "error->>'code'") == "no_thanks")
    }
    #expect(try await stage.node(good, "h", "output->>'$failedNode'") == "a")
    #expect(try await stage.node(bad, "h", "state") == "failed")
    #expect(try await stage.run(bad, "jsonb_array_length(error->'all')") == "2")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a deadline ends a run as failed`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\ndeadline: 2s\nnodes: {a: {handler: sleep}}")
    let worker = try stage.worker()
    // It counts from the enqueue, and the node is to begin within it.
    #expect(try await stage.workersRunning(1))
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 20000}"#)[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.run(run, "error->>'code'") == "deadline_exceeded")
    #expect(try await stage.node(run, "a", "state") == "cancelled")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a cancel reaches a running, a queued and a retrying run`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: slow\nnodes: {a: {handler: sleep}}")
    try await stage.database.apply(
      """
      workflow: retrying
      nodes: {a: {handler: fail_always, retry: {strategy: fixed, delay: 1h, maxRetries: 3}}}
      """)
    try await stage.database.apply("workflow: foreign\nnodes: {a: {handler: nobody_has_it}}")
    let worker = try stage.worker()
    let slow = try await stage.enqueue("slow", 1, input: #"{"ms": 60000}"#)[0]
    let retrying = try await stage.enqueue("retrying")[0]
    let foreign = try await stage.enqueue("foreign")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT (SELECT state FROM swell.runs WHERE run_id = '\(slow)') = 'running' AND (SELECT state FROM swell.runs WHERE run_id = '\(retrying)') = 'retrying'"
      ))
    #expect(try await stage.run(foreign, "state") == "queued")
    for run in [slow, retrying, foreign] {
      try await stage.database.query("SELECT swell.cancel('\(run)', 'enough')")
    }
    #expect(try await stage.allEnded(within: .seconds(10)))
    #expect(try await stage.states() == ["cancelled": 3])
    #expect(try await stage.run(slow, "error->>'message'")?.contains("enough") == true)
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `retry runs again what failed, and keeps what succeeded`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: effect}
        b: {handler: fail_twice, needs: a, retry: {strategy: none}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    for expected in ["failed", "failed", "succeeded"] {
      #expect(try await stage.allEnded())
      #expect(try await stage.run(run, "state") == expected)
      if expected == "failed" { try await stage.database.query("SELECT swell.retry('\(run)')") }
    }
    #expect(try await stage.node(run, "b", "attempt") == "3")
    #expect(try await stage.node(run, "b", "retries_from") == "2")
    #expect(try await stage.ledger.scalar("SELECT count(*) FROM effect") == "1")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `workers with different kinds share one run`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: echo}
        b: {handler: noop, needs: a}
        c: {handler: echo, needs: b}
      """)
    let run = try await stage.enqueue("w")[0]
    let first = try stage.worker(["SWELL_TEST_HANDLERS": "echo"])
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'succeeded' FROM swell.run_nodes WHERE node_id = 'a'"))
    #expect(try await stage.run(run, "state") == "queued")
    // Nobody is left who knows the lane of the first step.
    await first.destroy()
    let second = try stage.worker(["SWELL_TEST_HANDLERS": "noop"])
    #expect(
      try await stage.database.eventually(
        "SELECT EXISTS (SELECT FROM swell.run_nodes WHERE node_id = 'b' AND state = 'succeeded')"))
    let third = try stage.worker(["SWELL_TEST_HANDLERS": "echo"])
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(
      try await stage.database.scalar("SELECT count(DISTINCT worker) FROM swell.node") == "3")
    #expect(try await stage.end([second, third]).isEmpty)
  }

  @Test func `a worker leaves the runs of other queues alone, in lane 1 too`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nqueue: billing\nnodes: {a: {handler: reject}}")
    let billing = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded())
    await billing.destroy()
    try await stage.database.apply("workflow: mail\nqueue: emails\nnodes: {a: {handler: noop}}")
    let emails = try stage.worker(["SWELL_TEST_QUEUES": "emails"])
    #expect(try await stage.workersRunning(1))
    try await stage.database.query("SELECT swell.retry('\(run)')")
    try await stage.enqueue("mail", 20)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 20 FROM swell.runs WHERE workflow = 'mail' AND state = 'succeeded'"))
    // It is handed on to its own lane, and waits there for who serves its queue.
    #expect(
      try await stage.database.eventually(
        "SELECT lane > 1 AND claimed_by IS NULL FROM swell.ready WHERE run_id = '\(run)'"))
    #expect(try await stage.node(run, "a", "attempt") == "1")
    #expect(try await stage.end([emails]).isEmpty)
  }

  @Test func `a circuit opens after five failures and parks without using a retry`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: fail_always, circuit: shaky, retry: {strategy: none}}
      """)
    try await stage.database.apply(
      "workflow: waits\nnodes: {a: {handler: noop, circuit: shaky}}")
    let worker = try stage.worker()
    try await stage.enqueue("w", 5)
    #expect(
      try await stage.database.eventually(
        "SELECT EXISTS (SELECT FROM swell.circuits WHERE circuit = 'shaky' AND state = 'open')"))
    let run = try await stage.enqueue("waits")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT EXISTS (SELECT FROM swell.runs WHERE run_id = '\(run)' AND state = 'waiting')"))
    #expect(try await stage.node(run, "a", "attempt") == "0")
    #expect(try await stage.node(run, "a", "error_kind") == "circuitOpen")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a pooled worker keeps no session state`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: slow\nnodes: {a: {handler: sleep}}")
    let worker = try stage.worker(["SWELL_TEST_POOLED": "1"])
    #expect(try await stage.workersRunning(1))
    let runs = try await stage.enqueue("slow", 20, input: #"{"ms": 50}"#)
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": runs.count])
    #expect(
      try await stage.database.scalar(
        """
        SELECT count(*) FROM pg_locks AS k, swell.worker AS w
        WHERE k.locktype = 'advisory' AND k.objsubid = 1
          AND k.classid = ((w.lock_key >> 32) & 4294967295)::oid AND k.objid = (w.lock_key & 4294967295)::oid
        """) == "0")
    #expect(try await stage.database.scalar("SELECT locked FROM swell.worker") == "f")
    #expect(
      try await stage.database.scalar(
        """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'
        """) == "0")
    // Without LISTEN a cancel arrives with a heartbeat.
    let long = try await stage.enqueue("slow", 1, input: #"{"ms": 60000}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'running' FROM swell.runs WHERE run_id = '\(long)'"))
    try await stage.database.query("SELECT swell.cancel('\(long)')")
    #expect(try await stage.allEnded(within: .seconds(10)))
    #expect(try await stage.run(long, "state") == "cancelled")
    #expect(try await stage.end([worker]).isEmpty)
  }
}
