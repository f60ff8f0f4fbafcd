import SwellCore
import SwellModel
import Testing

@Suite struct JoinTests {
  /// A join over two optional nodes, and what becomes of the reader after each of their ends.
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var join: Node.Join
    var ends: [Bool]
    /// After how many of the ends the reader starts; nil is skipped.
    var startsAfter: Int?
  }

  static let cases: [Case] = [
    .init(description: "all of two", join: .all, ends: [true, true], startsAfter: 2),
    .init(description: "all, one absent", join: .all, ends: [false, true], startsAfter: 2),
    .init(description: "all, the last absent", join: .all, ends: [true, false], startsAfter: 2),
    .init(description: "all absent", join: .all, ends: [false, false], startsAfter: nil),
    .init(description: "any, the first", join: .any, ends: [true, true], startsAfter: 1),
    .init(description: "any, the second", join: .any, ends: [false, true], startsAfter: 2),
    .init(description: "any of none", join: .any, ends: [false, false], startsAfter: nil),
    .init(description: "one of two", join: .atLeast(1), ends: [true, true], startsAfter: 1),
    .init(description: "two of two", join: .atLeast(2), ends: [true, true], startsAfter: 2),
    .init(description: "two, one absent", join: .atLeast(2), ends: [false], startsAfter: nil),
    .init(description: "two, only one", join: .atLeast(2), ends: [true, false], startsAfter: nil),
  ]

  @Test(arguments: cases)
  func `a node starts, or is skipped, as its join says`(_ example: Case) {
    var run = TestRun.begun(
      .sketch([
        .init("a", optional: true), .init("b", optional: true),
        .init("r", needs: ["a", "b"], join: example.join), .init("s", needs: ["r"]),
      ]))
    for (place, succeeds) in example.ends.enumerated() {
      #expect(run.status("r") == .idle)
      let id = place == 0 ? "a" : "b"
      if succeeds { run.succeed(id) } else { run.fail(id) }
      if example.startsAfter == place + 1 { break }
    }
    #expect(run.status("r") == (example.startsAfter == nil ? .skipped : .running))
    if example.startsAfter == nil {
      #expect(run.row("s")?.state == .skipped)
      while let left = run.flying.first { run.succeed(left) }
      #expect(run.end?.state == .succeeded)
    }
  }

  @Test func `a node with a literal input runs although all its needs are absent`() {
    var workflow = Workflow.sketch([.init("a", optional: true), .init("b", needs: ["a"])])
    workflow.nodes[1].input = Payload(json: "7")
    var run = TestRun.begun(workflow)
    run.fail("a")
    #expect(run.input("b")?.int == 7)
  }

  @Test func `skipping goes down the graph in one record`() {
    var run = TestRun.begun(
      .sketch([
        .init("a", optional: true), .init("b", needs: ["a"]), .init("c", needs: ["b"]),
        .init("d", needs: ["c"]), .init("e"),
      ]))
    run.fail("a")
    #expect(["b", "c", "d"].allSatisfy { run.row($0)?.state == .skipped })
    run.succeed("e")
    #expect(run.end?.state == .succeeded)
    #expect(run.end?.output?.text == "{\"e\":\"e\"}")
  }

  @Test func `no more nodes are in flight than the workflow allows`() {
    var run = TestRun.begun(
      .sketch([.init("a"), .init("b"), .init("c")], concurrency: 2))
    #expect(run.flying == ["a", "b"])
    run.succeed("a")
    #expect(run.flying == ["b", "c"])
  }

  @Test func `a run that needs kinds the worker lacks is given back for them`() {
    var run = TestRun(
      .sketch([
        .init("a"), .init("b", needs: ["a"], kind: "x"), .init("c", needs: ["a"], kind: "w"),
      ]))
    run.lacking = ["x", "w"]
    run.turn()
    run.succeed("a")
    #expect(run.givenBack?.kinds == ["w", "x"])
    #expect(run.givenBack?.due == nil)
    #expect(run.end == nil)
    run.lacking = ["x"]
    run.claim()
    #expect(run.flying == ["c"])
  }
}
