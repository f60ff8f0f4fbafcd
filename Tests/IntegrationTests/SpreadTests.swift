import Foundation
import Swell
import SwellTesting
import Testing

/// Maps whose items are runs of their own, for all workers.
@Suite struct SpreadTests {
  static let spread = """
    workflow: w
    nodes:
      factor: {transform: cel, with: {value: 10}}
      each:
        map: {over: "${{ lists.range(input.count) }}", spread: true}
        handler: effect
        input: {item: "${{ item * nodes.factor + input.add }}", index: "${{ index }}"}
      after: {transform: cel, with: {value: "${{ nodes.each.map(e, e.item) }}"}}
    """

  private func expected(_ count: Int) -> String {
    "[" + (0..<count).map { "\($0 * 10 + 1)" }.joined(separator: ", ") + "]"
  }

  @Test func `items are shared by all workers, and their outputs keep the order`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.spread)
    let workers = [try stage.worker(), try stage.worker()]
    #expect(try await stage.workersRunning(2))
    let run = try await stage.enqueue("w", input: #"{"count": 1500, "add": 1}"#)[0]
    #expect(try await stage.allEnded(), "\(workers[0].log)")
    #expect(try await stage.run(run, "output") == expected(1500))
    #expect(
      try await stage.database.query(
        "SELECT workflow, state, count(*) FROM swell.runs WHERE parent = '\(run)' GROUP BY 1, 2")
        == [["w/each", "succeeded", "1500"]])
    #expect(
      try await stage.ledger.query(
        "SELECT count(*), count(DISTINCT run_id), count(DISTINCT worker) FROM effect WHERE node_id = 'each'"
      )
        == [["1500", "1500", "2"]])
    #expect(try await stage.end(workers) == [])
  }

  @Test(arguments: ["after_effect:12", "before_commit:9", "after_commit:5", "after_claim:4"])
  func `whoever dies, no item is lost or doubled`(fault: String) async throws {
    let stage = try await Stage()
    try await stage.database.apply(Self.spread)
    // With 16 items at a time it comes to every point before the end.
    let first = try stage.worker([
      "SWELL_TEST_FAULT": "\(fault):kill", "SWELL_TEST_CONCURRENCY": "16",
    ])
    let run = try await stage.enqueue("w", input: #"{"count": 300, "add": 1}"#)[0]
    #expect(await first.isKilled(), "\(first.log)")
    let second = try stage.worker()
    #expect(try await stage.allEnded(), "\(second.log)")
    #expect(try await stage.run(run, "output") == expected(300))
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
          map: {over: "${{ [1, 0, 3] }}", onItemFailure: \(mode), spread: true}
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
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `two maps that are ready at once are both enqueued whole`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        many: {map: {over: "${{ lists.range(1500) }}", spread: true}, handler: noop, input: {}}
        few: {map: {over: "${{ [7, 8, 9] }}", spread: true}, handler: echo, input: "${{ item }}"}
        turns: {map: {over: "${{ [4, 5] }}", spread: true, concurrency: 1}, handler: echo, input: "${{ item }}"}
        sum: {transform: cel, with: {value: "${{ [nodes.many.size(), nodes.few, nodes.turns] }}"}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "output") == "[1500, [7, 8, 9], [4, 5]]")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `the first failure cancels the items that are left`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        each:
          map: {over: "${{ lists.range(50) }}", spread: true}
          handler: chosen
          input: {fail: "${{ item == 0 }}", ms: 60000}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    #expect(try await stage.run(run, "error ->> 'code'") == "chosen")
    #expect(
      try await stage.database.query(
        "SELECT state, count(*) FROM swell.runs WHERE parent IS NOT NULL GROUP BY 1 ORDER BY 1")
        == [["cancelled", "49"], ["failed", "1"]])
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `an item retries, has its circuit, and the key of its effects, as without spread`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        each:
          map: {over: "${{ ['a', 'b'] }}", spread: true, concurrency: 1}
          handler: key_after_failure
          retry: {strategy: fixed, delay: 10ms, maxRetries: 3}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "output") == "[\"\(run)/each/1/0\", \"\(run)/each/2/0\"]")
    #expect(
      try await stage.database.query(
        "SELECT count(*), count(DISTINCT run_id) FROM swell.attempt") == [["2", "2"]])
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `a retried run gives only the items that failed another try`() async throws {
    let stage = try await Stage()
    let path = FileManager.default.temporaryDirectory.path + "/swell-cure-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        each:
          map: {over: "${{ lists.range(4) }}", spread: true, concurrency: 4}
          handler: chosen
          input: {needs: "${{ item == 2 ? '\(path)' : '/' }}"}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "failed")
    try "cured".write(toFile: path, atomically: true, encoding: .utf8)
    try await stage.database.query("SELECT swell.retry('\(run)')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(
      try await stage.database.query(
        "SELECT parent_place ->> 'item', count(*) FROM swell.run WHERE parent IS NOT NULL GROUP BY 1 ORDER BY 1"
      )
        == [["1", "1"], ["2", "1"], ["3", "2"], ["4", "1"]])
    #expect(try await stage.end([worker]) == [])
  }
}
