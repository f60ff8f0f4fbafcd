import Foundation
import Swell
import SwellTesting
import Testing

/// Maps and loops: their parts are stored one by one, so whoever goes on repeats none of them.
@Suite struct RepetitionTests {
  static let map = """
    workflow: w
    nodes:
      list:
        transform: cel
        with: {value: "${{ lists.range(input.count) }}"}
      each:
        map: {over: "${{ nodes.list }}", concurrency: 4}
        handler: effect
        input: {item: "${{ item * 10 }}", index: "${{ index }}"}
      after:
        transform: cel
        with: {value: "${{ nodes.each.map(e, e.item) }}"}
    """

  @Test func `a map keeps the order of its items, and nothing comes before all of them`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(Self.map)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w", input: #"{"count": 25}"#)[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(
      try await stage.run(run, "output")
        == "[" + (0..<25).map { "\($0 * 10)" }.joined(separator: ", ") + "]")
    #expect(
      try await stage.database.query(
        "SELECT count(*), min(item), max(item) FROM swell.run_nodes WHERE node_id = 'each' AND item > 0 AND state = 'succeeded'"
      ) == [["25", "1", "25"]])
    #expect(
      try await stage.ledger.scalar("SELECT count(*) FROM effect WHERE node_id = 'each'") == "25")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a map over nothing gives an empty list`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.map)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w", input: #"{"count": 0}"#)[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "output") == "[]")
    #expect(try await stage.end([worker]) == [])
  }

  @Test(arguments: ["after_effect:12", "before_commit:9", "after_commit:9"])
  func `a map that loses its worker goes on where it was`(fault: String) async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.map)
    let run = try await stage.enqueue("w", input: #"{"count": 40}"#)[0]
    let first = try stage.worker(["SWELL_TEST_FAULT": "\(fault):kill"])
    #expect(await first.isKilled(), "\(first.log)")
    let second = try stage.worker()
    #expect(try await stage.allEnded(), "\(second.log)")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(
      try await stage.run(run, "output")
        == "[" + (0..<40).map { "\($0 * 10)" }.joined(separator: ", ") + "]")
    // Only what was in flight is executed again.
    let effects = Int(
      try await stage.ledger.scalar("SELECT count(*) FROM effect WHERE node_id = 'each'") ?? "")
    #expect((40...44).contains(effects ?? 0))
    #expect(try await stage.end([first, second]) == [])
  }

  @Test(arguments: [
    ("fail", "failed", nil), ("skip", "succeeded", "[1, 3]"),
    ("collect", "succeeded", #"[1, "expression_division_by_zero", 3]"#),
  ])
  func `an item that fails fails the map, is left out, or is collected`(
    mode: String, state: String, output: String?
  ) async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        each:
          map: {over: "${{ [1, 0, 3] }}", onItemFailure: \(mode)}
          handler: echo
          input: {value: "${{ 3 / item * item / 3 * item }}"}
        after:
          transform: cel
          with: {value: "${{ nodes.each.map(e, has(e.error) ? e.error.code : e.value) }}"}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == state)
    #expect(try await stage.run(run, "output") == output)
    if mode == "fail" {
      #expect(
        try await stage.run(run, "error #>> '{context,metadata,item}'") == "1")
    }
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `an item is retried by itself`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        each:
          map: {over: "${{ [1, 2, 3] }}"}
          handler: fail_twice
          retry: {strategy: fixed, delay: 10ms, maxRetries: 3}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "output") == "[1, 2, 3]")
    #expect(
      try await stage.database.query(
        "SELECT item, count(*) FROM swell.attempt GROUP BY 1 ORDER BY 1")
        == [["1", "2"], ["2", "2"], ["3", "2"]])
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a loop goes on until its condition holds, over the death of a worker`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        count:
          loop: {until: "${{ last.sum >= 100 }}", delay: 20ms}
          handler: effect
          input: {sum: "${{ (last == null ? 0 : last.sum) + 10 }}", iteration: "${{ iteration }}"}
        after: {transform: cel, with: {value: "${{ nodes.count.iteration }}"}}
      """)
    let run = try await stage.enqueue("w")[0]
    let first = try stage.worker(["SWELL_TEST_FAULT": "before_commit:5:kill"])
    #expect(await first.isKilled(), "\(first.log)")
    let second = try stage.worker()
    #expect(try await stage.allEnded(), "\(second.log)")
    #expect(try await stage.run(run, "output") == "10")
    #expect(
      try await stage.database.query(
        "SELECT iteration FROM swell.node WHERE node_id = 'count' AND iteration > 0 ORDER BY 1")
        == (1...10).map { ["\($0)"] })
    #expect(try await stage.end([first, second]) == [])
  }

  @Test func `a loop that does not end fails, and one whose condition is false does nothing`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        endless: {loop: {until: "${{ false }}", maxIterations: 3}, handler: noop, optional: true}
        none: {loop: {while: "${{ false }}"}, handler: noop}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(
      try await stage.database.scalar(
        "SELECT error ->> 'code' FROM swell.node WHERE node_id = 'endless' AND iteration = 0")
        == "too_many_iterations")
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.node WHERE node_id = 'endless' AND iteration > 0") == "3")
    #expect(
      try await stage.database.scalar("SELECT count(*) FROM swell.node WHERE node_id = 'none'")
        == "1")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a run that ends while items are in flight runs its error handler`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      deadline: 2s
      nodes:
        each: {map: {over: "${{ [1, 2, 3] }}"}, handler: doze, input: {ms: 30000}}
        other: {wait: {signal: never}}
      onError: {handler: effect, input: "${{ $error.code }}"}
      """)
    let worker = try stage.worker()
    // The deadline counts from the enqueue, and all of them are to begin within it.
    #expect(try await stage.workersRunning(1))
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    #expect(try await stage.run(run, "error ->> 'code'") == "deadline_exceeded")
    #expect(try await stage.node(run, "on_error", "output #>> '{}'") == "deadline_exceeded")
    #expect(
      try await stage.database.query(
        "SELECT state, count(*) FROM swell.node WHERE node_id <> 'on_error' GROUP BY 1")
        == [["cancelled", "4"]])
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `an item that kills its workers is collected, and the others are done`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        each:
          map: {over: "${{ [0, 0, 1, 0] }}", concurrency: 1, onItemFailure: collect}
          handler: poison
          input: {poison: "${{ item }}"}
        after: {transform: cel, with: {value: "${{ nodes.each.map(e, has(e.error) ? e.error.kind : 'fine') }}"}}
      """)
    let run = try await stage.enqueue("w")[0]
    var workers: [WorkerProcess] = []
    for _ in 0..<3 {
      let worker = try stage.worker()
      #expect(await worker.isKilled(), "\(worker.log)")
      workers.append(worker)
    }
    let last = try stage.worker()
    #expect(try await stage.allEnded(), "\(last.log)")
    #expect(
      try await stage.run(run, "output") == #"["fine", "fine", "workerLost", "fine"]"#)
    #expect(try await stage.end(workers + [last]) == [])
  }

  @Test func `a map whose outputs are too large together stops early`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        each: {map: {over: "${{ lists.range(50) }}", concurrency: 1}, handler: large}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "error ->> 'code'") == "output_too_large")
    #expect(
      try await stage.database.scalar("SELECT count(*) FROM swell.node WHERE item > 0") == "2")
    #expect(try await stage.end([worker]) == [])
  }
}
