import Foundation
import Swell
import SwellTesting
import Testing

/// Runs that are enqueued by runs: nobody holds the parent while it waits for them.
@Suite struct ChildRunTests {
  static let child = """
    workflow: child
    nodes:
      work: {handler: effect, input: {twice: "${{ input.n * 2 }}"}}
    """
  static let parent = """
    workflow: parent
    nodes:
      before: {handler: noop}
      ask: {call: child, needs: before, input: {n: "${{ input.n }}"}}
      after: {transform: cel, with: {value: "${{ nodes.ask.twice + 1 }}"}}
    """
  static let waits =
    "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = 'ask' AND state = 'waiting'"

  @Test func `a call gives what its run gave, and nobody holds its parent meanwhile`() async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes:\n  work: {wait: {signal: go}, then: [give]}\n  give: {handler: echo, input: {twice: 14}}"
    )
    try await stage.database.apply(Self.parent)
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent", input: #"{"n": 7}"#)[0]
    #expect(try await stage.database.eventually(Self.waits), "\(worker.log)")
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 AND bool_and(claimed_by IS NULL) FROM swell.ready"), "\(worker.log)")
    let child = try #require(
      try await stage.database.scalar("SELECT run_id FROM swell.runs WHERE parent = '\(run)'"))
    #expect(try await stage.node(run, "ask", "input ->> 'run'") == child)
    #expect(try await stage.run(child, "input ->> 'n'") == "7")
    try await stage.database.query("SELECT swell.signal('\(child)', 'go')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "output") == "15")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `the error of a run comes up to the node that called it`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes:\n  work: {handler: reject}\n")
    try await stage.database.apply(Self.parent)
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent", input: #"{"n": 7}"#)[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.run(run, "error ->> 'code'") == "no_thanks")
    #expect(try await stage.run(run, "error ->> 'kind'") == "validation")
    #expect(try await stage.run(run, "error #>> '{context,node}'") == "ask")
    #expect(
      try await stage.run(
        run,
        "(error #>> '{context,metadata,childRun}') = (SELECT c.run_id::text FROM swell.runs AS c WHERE c.parent IS NOT NULL)"
      ) == "t")
    // Only the parent is a dead letter: it is the one to retry.
    #expect(
      try await stage.database.query("SELECT run_id FROM swell.dead_letters") == [[run]])
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a call has the retries that it asks for, each a run of its own`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes:\n  work: {handler: fail_always, retry: none}\n")
    try await stage.database.apply(
      """
      workflow: parent
      nodes:
        ask: {call: child, retry: {strategy: fixed, delay: 10ms, maxRetries: 2}, fallback: other}
        other: {transform: cel, with: {value: "${{ $primaryError.kind }}"}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "output #>> '{}'") == "transport")
    #expect(
      try await stage.database.scalar("SELECT count(*) FROM swell.runs WHERE parent IS NOT NULL")
        == "3")
    #expect(
      try await stage.database.scalar("SELECT count(*) FROM swell.attempt WHERE run_id = '\(run)'")
        == "3")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `cancel follows to the children, and the parent ends after them`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes:\n  work: {handler: doze, input: {ms: 60000}}\n")
    try await stage.database.apply(
      "workflow: parent\nnodes:\n  ask: {call: child}\n  more: {map: {over: \"${{ [1, 2] }}\"}, call: child}\n"
    )
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 3 FROM swell.runs WHERE parent = '\(run)' AND state = 'running'"),
      "\(worker.log)")
    try await stage.database.query("SELECT swell.cancel('\(run)', 'no longer wanted')")
    #expect(try await stage.allEnded(within: .seconds(10)), "\(worker.log)")
    #expect(
      try await stage.database.query("SELECT DISTINCT state FROM swell.runs") == [["cancelled"]])
    #expect(
      try await stage.database.scalar(
        """
        SELECT bool_and(c.finished_at <= p.finished_at) FROM swell.runs AS c
        JOIN swell.runs AS p ON p.run_id = c.parent
        """) == "t")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a run that is late is cancelled, and the call fails as a timeout`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: child\nnodes:\n  work: {wait: {signal: never}}\n")
    try await stage.database.apply(
      "workflow: parent\nnodes:\n  ask: {call: child, timeout: 300ms}\n")
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(try await stage.allEnded(within: .seconds(10)), "\(worker.log)")
    #expect(try await stage.run(run, "error ->> 'code'") == "call_timeout")
    #expect(
      try await stage.database.scalar("SELECT state FROM swell.runs WHERE parent IS NOT NULL")
        == "cancelled")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a detached run goes its own way`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: child\nnodes:\n  work: {wait: {signal: go}}\n")
    try await stage.database.apply(
      "workflow: parent\nnodes:\n  ask: {call: {workflow: child, detach: true, queue: aside}}\n")
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'succeeded' FROM swell.runs WHERE run_id = '\(run)'"),
      "\(worker.log)")
    #expect(
      try await stage.database.query(
        "SELECT queue, state <> 'succeeded' FROM swell.runs WHERE run_id::text = (SELECT output ->> 'run' FROM swell.runs WHERE run_id = '\(run)')"
      ) == [["aside", "t"]])
    #expect(try await stage.end([worker]) == [])
  }

  @Test(arguments: [
    ("call: nobody", "unknown_workflow"),
    ("call: {workflow: child, version: 9}", "unknown_version"),
    ("call: endless", "call_too_deep"),
  ])
  func `what cannot be called fails the node that calls it`(call: String, code: String) async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(Self.child)
    try await stage.database.apply("workflow: endless\nnodes:\n  again: {call: endless}\n")
    try await stage.database.apply("workflow: parent\nnodes:\n  ask: {\(call)}\n")
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "error ->> 'code'") == code)
    #expect(try await stage.end([worker]) == [])
  }

  @Test(arguments: [
    ("{workflow: nobody, detach: true}", "unknown_workflow", 0),
    ("{workflow: child, version: 9, detach: true}", "unknown_version", 9),
    ("{workflow: strict, detach: true}", "input_mismatch", 1), ("strict", "input_mismatch", 1),
    ("nobody", "unknown_workflow", 0),
  ])
  func `what cannot begin is there as a run that has failed`(
    call: String, code: String, version: Int
  ) async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.child)
    try await stage.database.apply(
      "workflow: strict\ninput: {type: object, properties: {n: {maximum: 9}}}\nnodes:\n  a: {sink: log}\n"
    )
    try await stage.database.apply(
      "workflow: parent\nnodes:\n  ask: {call: \(call), input: {n: \"${{ input.n }}\"}}\n")
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent", input: #"{"n": 10}"#)[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    let isDetached = call.contains("detach")
    #expect(
      try await stage.run(run, "concat(state, ' ', error ->> 'code')")
        == (isDetached ? "succeeded " : "failed \(code)"))
    #expect(
      try await stage.database.query(
        """
        SELECT state, version, error ->> 'code', input ->> 'n', (finished_at IS NOT NULL)
        FROM swell.runs WHERE parent = '\(run)'
        """) == [["failed", "\(version)", code, "10", "t"]])
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.run_nodes AS n JOIN swell.runs AS r USING (run_id) WHERE n.state = 'succeeded' AND r.parent = '\(run)'"
      ) == "0")
    // The one that somebody has to look at is a dead letter.
    let child = try #require(
      try await stage.database.scalar("SELECT run_id FROM swell.runs WHERE parent = '\(run)'"))
    #expect(
      try await stage.database.query("SELECT run_id FROM swell.dead_letters")
        == [[isDetached ? child : run]])
    // Trying again what never began finds the same.
    await #expect(throws: (any Error).self) {
      try await stage.database.query("SELECT swell.retry('\(child)')")
    }
    #expect(try await stage.run(child, "state") == "failed")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a called version that comes later is tried again in its own queue`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.child)
    try await stage.database.apply(
      """
      workflow: parent
      nodes:
        ask: {call: {workflow: child, version: 2, detach: true}, input: {n: 1}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    let child = try #require(
      try await stage.database.scalar("SELECT run_id FROM swell.runs WHERE parent = '\(run)'"))
    #expect(try await stage.run(child, "error ->> 'code'") == "unknown_version")
    try await stage.database.apply("workflow: child\nqueue: aside\nnodes: {a: {handler: noop}}")
    try await stage.database.query("SELECT swell.retry('\(child)')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(
      try await stage.run(child, "concat(state, ' ', version, ' ', queue)") == "succeeded 2 aside")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `null is an input as any other`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes:\n  a: {transform: cel, with: {value: \"${{ input == null }}\"}}\n")
    try await stage.database.apply(
      """
      workflow: parent
      nodes:
        charge: {handler: noop, input: null}
        nothing: {transform: cel, needs: charge, with: {value: null}}
        ask: {call: child, input: "${{ nodes.nothing }}"}
        each: {map: {over: "${{ [null, null] }}", spread: true}, transform: cel, with: {value: "${{ item == null }}"}}
      """)
    try await stage.database.apply("workflow: lone\nnodes:\n  ask: {call: nobody}\n")
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    let lone = try await stage.enqueue("lone", input: "null")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(
      try await stage.run(run, "COALESCE(error, output)") == #"{"ask": true, "each": [true, true]}"#
    )
    #expect(try await stage.run(lone, "error ->> 'code'") == "unknown_workflow")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `an input that fits its schema begins, and so does each item of a map with a schema`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: strict\ninput: {type: object, required: [n]}\noutput: {type: integer}\nnodes:\n  a: {transform: cel, with: {value: \"${{ input.n }}\"}}\n"
    )
    try await stage.database.apply(
      """
      workflow: parent
      input: {type: object, required: [n]}
      output: {type: array, items: {type: integer}}
      nodes:
        ask: {call: strict, input: {n: "${{ input.n }}"}}
        each: {transform: cel, map: {over: "${{ [1, 2, nodes.ask] }}", spread: true}, with: {value: "${{ item }}"}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent", input: #"{"n": 7}"#)[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "output") == "[1, 2, 7]")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a loop and a map take a call as well`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.child)
    try await stage.database.apply(
      """
      workflow: parent
      nodes:
        each: {map: {over: "${{ [1, 2, 3] }}", concurrency: 1}, call: child, input: {n: "${{ item }}"}}
        grow:
          loop: {until: "${{ last.twice > 20 }}"}
          call: child
          input: {n: "${{ last == null ? 3 : last.twice }}"}
        after: {transform: cel, with: {value: "${{ [nodes.each.map(e, e.twice), nodes.grow.twice] }}"}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "output") == "[[2, 4, 6], 24]")
    #expect(try await stage.end([worker]) == [])
  }

  @Test(arguments: [
    "before_commit:3", "after_commit:2", "after_commit:3", "after_claim:2", "before_commit:6",
  ])
  func `whoever dies over parents and children, each attempt has one child`(fault: String)
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(Self.child)
    try await stage.database.apply(Self.parent)
    let runs = try await stage.enqueue("parent", 20, input: #"{"n": 7}"#)
    let first = try stage.worker(["SWELL_TEST_FAULT": "\(fault):kill"])
    #expect(await first.isKilled(), "\(first.log)")
    let second = try stage.worker()
    #expect(try await stage.allEnded(), "\(second.log)")
    #expect(
      try await stage.database.query(
        "SELECT workflow, state, output::text, count(*) FROM swell.runs GROUP BY 1, 2, 3 ORDER BY 1"
      )
        == [
          ["child", "succeeded", #"{"twice": 14}"#, "\(runs.count)"],
          ["parent", "succeeded", "15", "\(runs.count)"],
        ])
    #expect(try await stage.end([first, second]) == [])
  }

  @Test(
    .enabled(if: PooledSuite.isOff, "a pooled worker is told by its heartbeat, every two seconds"))
  func `a call is tried again in its time while another node is in flight`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes: {a: {handler: fail_always, retry: {strategy: none}}}")
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        slow: {handler: slow_effect, input: {ms: 4000}}
        tries: {call: child, retry: {strategy: fixed, delay: 10ms, maxRetries: 8}}
      """)
    let worker = try stage.worker()
    try await stage.enqueue("w")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(
      try await stage.database.query(
        """
        SELECT count(*), bool_and(c.created_at < n.finished_at) FROM swell.run AS c, swell.node AS n
        WHERE c.workflow = 'child' AND n.node_id = 'slow'
        """) == [["9", "t"]])
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `an error handler calls a run for each of many, and hides no error`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: refund\nnodes: {back: {handler: effect}}")
    try await stage.database.apply(
      """
      workflow: w
      onError: [refunds, tries]
      nodes:
        charge: {handler: reject}
        refunds: {map: {over: "${{ lists.range(25) }}"}, call: refund, input: {item: "${{ item }}"}}
        tries: {loop: {until: "${{ iteration == 3 }}"}, call: refund, input: {item: 1}}
      """)
    let run = try await stage.enqueue("w")[0]
    let worker = try stage.worker()
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(
      try await stage.database.scalar(
        "SELECT error->>'code' FROM swell.runs WHERE run_id = '\(run)'")
        == "no_thanks")
    #expect(try await stage.node(run, "refunds", "state") == "succeeded")
    #expect(try await stage.node(run, "tries", "state") == "succeeded")
    #expect(try await stage.ledger.scalar("SELECT count(*) FROM effect") == "28")
    #expect(try await stage.end([worker]).isEmpty)
  }
}
