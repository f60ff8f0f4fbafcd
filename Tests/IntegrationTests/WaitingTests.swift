import Foundation
import Swell
import SwellTesting
import Testing

/// Runs that wait for a time, a signal or a person: nobody holds them meanwhile.
@Suite struct WaitingTests {
  static let waiting =
    "SELECT count(*) = 1 FROM swell.node WHERE state = 'waiting' AND node_id = 'ask'"
  static let nobody = "SELECT bool_and(claimed_by IS NULL) FROM swell.ready"

  @Test func `a signal starts no run before its time, and is there when it has come`() async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: effect, input: {x: 1}}
        ask: {wait: {signal: go}, needs: a}
      """)
    try await stage.database.apply("workflow: other\nnodes: {a: {handler: noop}}")
    try await stage.database.freezeTime()
    let run = try #require(
      try await stage.database.scalar(
        "SELECT swell.enqueue('w', scheduled_at => swell.now() + interval '1 hour')"))
    let paused = try #require(
      try await stage.database.scalar(
        "SELECT swell.enqueue('w', scheduled_at => swell.now() + interval '1 hour')"))
    let worker = try stage.worker()
    #expect(try await stage.workersRunning(1))
    try await stage.database.query("SELECT swell.pause('\(paused)')")
    try await stage.database.query(
      "SELECT swell.signal('\(run)', 'go'), swell.signal('\(paused)', 'go'), swell.enqueue('other')"
    )
    #expect(
      try await stage.database.eventually(
        """
        (SELECT bool_and(folded) FROM swell.signal)
        AND EXISTS (SELECT FROM swell.runs WHERE workflow = 'other' AND state = 'succeeded')
        """), "\(worker.log)")
    try await stage.database.query("SELECT swell.resume('\(paused)')")
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 FROM swell.ready WHERE paused IS NULL AND scheduled_at > swell.now() + interval '50 minutes'"
      ))
    try await stage.database.advanceTime("10 minutes")
    try await stage.database.query("SELECT swell.enqueue('other')")
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 FROM swell.runs WHERE state = 'succeeded'"))
    #expect(try await stage.ledger.scalar("SELECT count(*) FROM effect") == "0")
    try await stage.database.advanceTime("51 minutes")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.ledger.scalar("SELECT count(*) FROM effect") == "2")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a wait of months ends when its time has come, whoever lives then`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        before: {handler: noop}
        ask: {needs: before, wait: {duration: "${{ input.days }}d"}}
        after: {handler: effect, needs: ask, input: {x: 1}}
        date: {wait: {until: "${{ input.until }}"}}
      """)
    try await stage.database.freezeTime()
    let until = try #require(
      try await stage.database.scalar(
        "SELECT to_char((swell.now() + interval '20 days') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
      ))
    let run = try await stage.enqueue("w", input: "{\"days\": \"90\", \"until\": \"\(until)\"}")[0]
    let first = try stage.worker()
    #expect(try await stage.database.eventually(Self.waiting), "\(first.log)")
    #expect(try await stage.database.eventually(Self.nobody))
    await first.destroy()
    #expect(
      try await stage.database.scalar(
        "SELECT scheduled_at - swell.now() > interval '89 days' FROM swell.node WHERE node_id = 'ask'"
      ) == "t")
    try await stage.database.advanceTime("21 days")
    let second = try stage.worker()
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'succeeded' FROM swell.node WHERE node_id = 'date'"), "\(second.log)")
    #expect(try await stage.ledger.scalar("SELECT count(*) FROM effect") == "0")
    try await stage.database.advanceTime("70 days")
    #expect(try await stage.allEnded(), "\(second.log)")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.end([second]) == [])
  }

  static let signal = """
    workflow: w
    nodes:
      ask: {wait: {signal: paid, timeout: 2d}, then: [ship], otherwise: [remind]}
      ship: {handler: echo, input: "${{ nodes.ask }}"}
      remind: {handler: noop}
    """

  @Test func `a signal wakes the run that waits for it, with what came with it`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.signal)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.database.eventually(Self.waiting), "\(worker.log)")
    #expect(try await stage.database.eventually(Self.nobody))
    try await stage.database.query("SELECT swell.signal('\(run)', 'paid', '{\"amount\": 3}')")
    #expect(try await stage.allEnded(within: .seconds(10)), "\(worker.log)")
    #expect(try await stage.node(run, "ship", "output -> 'payload' ->> 'amount'") == "3")
    #expect(try await stage.node(run, "remind", "state") == "skipped")
    #expect(try await stage.database.scalar("SELECT count(*) FROM swell.signal") == "0")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a signal that came before anybody waited for it is kept`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.signal)
    let run = try await stage.enqueue("w")[0]
    try await stage.database.query("SELECT swell.signal('\(run)', 'paid', '1')")
    try await stage.database.query("SELECT swell.signal('\(run)', 'paid', '2')")
    let worker = try stage.worker()
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    #expect(try await stage.node(run, "ship", "output ->> 'payload'") == "1")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a signal that does not come takes the other way`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.signal)
    try await stage.database.freezeTime()
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.database.eventually(Self.waiting), "\(worker.log)")
    try await stage.database.advanceTime("3 days")
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    #expect(try await stage.node(run, "remind", "state") == "succeeded")
    #expect(try await stage.node(run, "ship", "state") == "skipped")
    #expect(try await stage.end([worker]) == [])
  }

  @Test(arguments: [true, false])
  func `an approval goes the way that a person says, and keeps who it was`(
    isYes: Bool
  ) async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        ask: {approval: {title: "Ship ${{ input.what }}?", timeout: 2d}, then: [ship], otherwise: [stop]}
        ship: {handler: noop}
        stop: {handler: noop}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w", input: #"{"what": "it"}"#)[0]
    #expect(try await stage.database.eventually(Self.waiting), "\(worker.log)")
    #expect(try await stage.node(run, "ask", "input ->> 'title'") == "Ship it?")
    let verb = isYes ? "approve" : "reject"
    try await stage.database.query("SELECT swell.\(verb)('\(run)', 'ask', 'because')")
    await #expect(throws: PostgresError.self) {
      try await stage.database.query("SELECT swell.\(verb)('\(run)', 'ask', 'again')")
    }
    #expect(try await stage.allEnded(within: .seconds(10)), "\(worker.log)")
    #expect(try await stage.node(run, "ask", "output ->> 'approved'") == "\(isYes)")
    #expect(try await stage.node(run, "ask", "output ->> 'comment'") == "because")
    #expect(try await stage.node(run, "ask", "output ->> 'by' <> ''") == "t")
    #expect(try await stage.node(run, isYes ? "ship" : "stop", "state") == "succeeded")
    #expect(try await stage.node(run, isYes ? "stop" : "ship", "state") == "skipped")
    #expect(
      try await stage.database.scalar("SELECT what || ' ' || why FROM swell.audit")
        == "\(verb) because")
    #expect(try await stage.end([worker]) == [])
  }

  @Test(arguments: ["REPEATABLE READ", "SERIALIZABLE"])
  func `who looks at an old snapshot does not answer what has its answer`(level: String)
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        ask: {approval: {title: x}}
        after: {wait: {signal: go}, needs: ask}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.database.eventually(Self.waiting), "\(worker.log)")
    let late = try await TestDatabase.open(stage.database.url)
    let refused = { (call: String) in
      let error = await #expect(throws: PostgresError.self) { try await late.query(call) }
      #expect(error?.sqlState == "40001", "\(call): \(String(describing: error))")
      try await late.query("ROLLBACK")
    }
    let begin = "BEGIN ISOLATION LEVEL \(level); SELECT count(*) FROM swell.node"
    try await late.query(begin)
    try await stage.database.query("SELECT swell.approve('\(run)', 'ask')")
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.node WHERE state = 'waiting' AND node_id = 'after'"),
      "\(worker.log)")
    try await refused("SELECT swell.reject('\(run)', 'ask')")
    // With a snapshot of now it may tell the run what it waits for; nobody waits until it commits.
    try await late.query("\(begin); SELECT swell.pause('\(run)'); SELECT swell.resume('\(run)')")
    try await stage.database.query("SELECT swell.signal('\(run)', 'go')")
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    try await late.query("COMMIT")

    let other = try await stage.enqueue("w")[0]
    #expect(try await stage.database.eventually(Self.waiting), "\(worker.log)")
    let calls = [
      "swell.cancel('\(other)')", "swell.pause('\(other)')", "swell.signal('\(other)', 'go')",
    ]
    var connections: [TestDatabase] = []
    for _ in calls {
      let connection = try await TestDatabase.open(stage.database.url)
      try await connection.query(begin)
      connections.append(connection)
    }
    try await stage.database.query("SELECT swell.cancel('\(other)')")
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    for (call, connection) in zip(calls, connections) {
      let error = await #expect(throws: PostgresError.self) {
        try await connection.query("SELECT \(call)")
      }
      #expect(error?.sqlState == "40001", "\(call): \(String(describing: error))")
      await connection.connection.close()
    }
    await late.connection.close()
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `who answers what was not asked is told so`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {first: {handler: doze, input: {ms: 2}}, ask: {needs: first, approval: {title: x}}}"
    )
    let run = try await stage.enqueue("w")[0]
    let calls = [
      ("SELECT swell.approve('\(run)', 'ask')", "SW005"),
      ("SELECT swell.approve('\(run)', 'first')", "SW002"),
      ("SELECT swell.signal('\(run)', 'ask')", "SW002"),
      ("SELECT swell.signal('\(run)', 'No!')", "SW002"),
      ("SELECT swell.approve(swell.new_run_id(), 'ask')", "SW007"),
      ("SELECT swell.signal(NULL, 'ask')", "SW007"),
    ]
    for (call, state) in calls {
      let error = await #expect(throws: PostgresError.self) {
        try await stage.database.query(call)
      }
      #expect(error?.sqlState == state, "\(call): \(String(describing: error))")
    }
    #expect(try await stage.end([]) == [])
  }

  @Test func `a run that waits is cancelled at once`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.signal)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.database.eventually(Self.waiting), "\(worker.log)")
    try await stage.database.query("SELECT swell.cancel('\(run)')")
    #expect(try await stage.allEnded(within: .seconds(10)), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "cancelled")
    #expect(try await stage.node(run, "ask", "state") == "cancelled")
    #expect(try await stage.end([worker]) == [])
  }

  @Test(arguments: [
    ("approval: {title: x}", "rejected"), ("approval: {title: x, timeout: 1d}", "approval_expired"),
    ("wait: {signal: s, timeout: 1d}", "signal_timeout"),
  ])
  func `a no that nobody catches fails the run, and nothing goes on behind it`(
    control: String, code: String
  ) async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        ask: {\(control)}
        charge: {needs: ask, handler: effect, input: {amount: 1}}
      onError: {handler: noop}
      """)
    try await stage.database.freezeTime()
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.database.eventually(Self.waiting), "\(worker.log)")
    if code == "rejected" {
      try await stage.database.query("SELECT swell.reject('\(run)', 'ask', 'no')")
    } else {
      try await stage.database.advanceTime("2 days")
    }
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.run(run, "error ->> 'code'") == code)
    #expect(try await stage.node(run, "on_error", "state") == "succeeded")
    #expect(try await stage.ledger.scalar("SELECT count(*) FROM effect") == "0")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `an answer that came in time counts, whenever somebody looks`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {ask: {approval: {title: x, timeout: 1d}}}")
    try await stage.database.freezeTime()
    let first = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.database.eventually(Self.waiting), "\(first.log)")
    #expect(try await stage.database.eventually(Self.nobody))
    await first.destroy()
    try await stage.database.query("SELECT swell.approve('\(run)', 'ask')")
    try await stage.database.advanceTime("3 days")
    let second = try stage.worker()
    #expect(try await stage.allEnded(within: .seconds(20)), "\(second.log)")
    #expect(try await stage.node(run, "ask", "output ->> 'approved'") == "true")
    #expect(try await stage.node(run, "ask", "input ->> 'title'") == "x")
    #expect(try await stage.end([second]) == [])
  }

  @Test func `a handler that is written in onError can ask, too`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: reject}}\nonError: {approval: {title: 'Refund?'}}")
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.node WHERE node_id = 'on_error' AND state = 'waiting'"),
      "\(worker.log)")
    try await stage.database.query("SELECT swell.approve('\(run)', 'on_error')")
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.run(run, "error ->> 'code'") == "no_thanks")
    #expect(try await stage.node(run, "on_error", "output ->> 'approved'") == "true")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a run keeps so many signals and no more`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.signal)
    let run = try await stage.enqueue("w")[0]
    try await stage.database.query(
      "SELECT swell.signal('\(run)', 'paid') FROM generate_series(1, 1000)")
    for call in [
      "SELECT swell.signal('\(run)', 'paid')",
      "SELECT swell.signal('\(run)', 'paid', to_jsonb(repeat('x', 70000)))",
    ] {
      let error = await #expect(throws: PostgresError.self) {
        try await stage.database.query(call)
      }
      #expect(error?.sqlState == "SW003")
    }
    let worker = try stage.worker()
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a second answer is refused while the first one is being taken`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {ask: {approval: {title: \"Well?\"}}}")
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.run_nodes WHERE state = 'waiting'"))
    await worker.destroy()
    try await stage.database.query("SELECT swell.approve('\(run)', 'ask', 'yes')")
    // As a record does that has not committed.
    let recorder = try await TestDatabase.open(stage.database.url)
    try await recorder.query("BEGIN")
    try await recorder.query("DELETE FROM swell.signal WHERE kind = 'answer'")
    try await recorder.query("UPDATE swell.node SET state = 'succeeded' WHERE node_id = 'ask'")
    let second = try await TestDatabase.open(stage.database.url)
    let answer = Task { () -> PostgresError? in
      do throws(PostgresError) {
        try await second.query("SELECT swell.reject('\(run)', 'ask', 'no')")
        return nil
      } catch {
        return error
      }
    }
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%reject%'"
      ))
    try await recorder.query("COMMIT")
    #expect(await answer.value?.sqlState == "SW005")
    #expect(
      try await stage.database.query("SELECT what FROM swell.audit WHERE run_id = '\(run)'")
        == [["approve"]])
    await recorder.connection.close()
    await second.connection.close()
    await stage.database.connection.close()
    await stage.ledger.connection.close()
  }
}
