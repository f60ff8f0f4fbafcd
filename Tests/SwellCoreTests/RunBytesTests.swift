import SwellCore
import SwellModel
import Testing

/// What a run keeps, and what one record carries of it, has an end.
@Suite struct RunBytesTests {
  /// A string of so many bytes of JSON.
  private func payload(_ bytes: Int) -> Payload {
    Payload(bytes: [0x22] + [UInt8](repeating: 0x61, count: bytes - 2) + [0x22])
  }

  private func run(_ yaml: String) throws -> TestRun {
    TestRun(try WorkflowDefinition.parse(yaml).workflow)
  }

  @Test func `an output beyond 128 MiB fails its node, and its fallback has what is left`() throws {
    let mebibyte = payload(1 << 20)
    var sketches = (0..<128).map { Workflow.Sketch("n\($0)") }
    sketches[127].fallback = "small"
    sketches.append(.init("small"))
    var run = TestRun.begun(.sketch(sketches, concurrency: 1000))
    for node in 0..<127 { run.settle(node, .success(mebibyte)) }
    run.turn()
    #expect(run.state.bytes == 127 << 20 + run.input.bytes.count)
    run.end(("n127", .success(mebibyte)))
    #expect(run.row("n127")?.state == .failed)
    let error = try NodeError(payload: #require(run.row("n127")?.error))
    #expect(error.kind == .tooLarge && error.code == "run_too_large")
    #expect(error.context.node == "n127")
    run.succeed("small")
    #expect(run.end?.state == .succeeded)
    #expect(run.store.refusals == [])
  }

  @Test func `whoever takes the run over counts the same`() {
    let mebibyte = payload(1 << 20)
    var run = TestRun.begun(.sketch((0..<129).map { .init("n\($0)") }, concurrency: 1000))
    for node in 0..<127 { run.settle(node, .success(mebibyte)) }
    run.turn()
    run.claim()
    #expect(run.state.bytes == 127 << 20 + run.input.bytes.count)
    run.end(("n127", .success(mebibyte)))
    #expect(run.row("n127")?.state == .failed)
  }

  @Test func `a loop keeps the last of its outputs`() throws {
    var run = try run(
      """
      workflow: w
      nodes:
        a:
          handler: noop
          loop: {until: "${{ iteration == 5 }}", maxIterations: 10}
      """)
    run.turn()
    for iteration in 1...5 {
      let part = try #require(run.inFlight.first)
      #expect(part.unit.iteration == iteration)
      run.settle(part.node, .success(payload(100_000)))
      run.turn()
      #expect(run.state.bytes <= 200_000 + run.input.bytes.count)
    }
    #expect(run.end?.state == .succeeded)
    #expect(run.end?.output?.bytes.count == 100_000)
    #expect(run.state.bytes == 100_000 + run.input.bytes.count)
  }

  @Test func `a map keeps what its items gave once`() throws {
    var run = try run(
      """
      workflow: w
      nodes:
        a: {handler: noop, map: {over: "${{ [1, 2, 3] }}"}}
        b: {handler: noop, needs: [a]}
      """)
    run.turn()
    for part in run.inFlight { run.settle(part.node, .success(payload(1000))) }
    run.turn()
    #expect(run.flying == ["b"])
    // Three strings in a list.
    #expect(run.state.bytes == 3004 + run.input.bytes.count)
    run.end(("b", .success(.null)))
    #expect(run.end?.state == .succeeded)
  }

  @Test func `one record enqueues child runs of no more than 16 MiB`() throws {
    var run = try run(
      """
      workflow: w
      nodes:
        a:
          handler: noop
          input: "${{ input }}"
          map: {over: "${{ lists.range(100) }}", spread: true}
      """)
    run.input = payload(900_000)
    run.state = RunState(run.workflow, input: run.input, deadline: nil)
    run.turn()
    let children = run.recorded.map(\.children.count).filter { $0 > 0 }
    // 19 of them are the first to be more than 16 MiB.
    #expect(children == [19, 19, 19, 19, 19, 5])
    #expect(run.givenBack != nil)
  }

  @Test func `a wave that fails keeps 16 MiB of inputs`() {
    let given = payload(1 << 20)
    var run = TestRun(.sketch((0..<40).map { .init("n\($0)") }, concurrency: 1000))
    run.input = given
    run.state = RunState(run.workflow, input: given, deadline: nil)
    run.turn()
    for node in 0..<40 { run.settle(node, .failure(NodeError(.validation, "no"))) }
    run.turn()
    #expect(run.end?.state == .failed)
    let rows = run.store.rows.values.filter { $0.state == .failed }
    #expect(rows.count == 40)
    #expect(rows.count { $0.input != nil } == 16)
  }
}
