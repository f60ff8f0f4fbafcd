import SwellCore
import SwellModel
import Testing

@Suite struct CrashBudgetTests {
  @Test func `two crashes execute again and use no retry`() {
    var run = TestRun.begun(
      .sketch([.init("a", retry: RetryPolicy.none), .init("b", needs: ["a"])]))
    run.crash()
    run.crash()
    #expect(run.flying == ["a"])
    #expect(run.started.map(\.attempt) == [1, 1, 1])
    #expect(run.state.owesAfterCrash)
    run.succeed("a")
    #expect(!run.state.owesAfterCrash)
    #expect(run.store.crashes == 0)
  }

  @Test func `what is owed is everything that was due`() {
    var run = TestRun.begun(.sketch([.init("a"), .init("b")]))
    run.crash()
    run.succeed("a")
    #expect(run.state.owesAfterCrash)
    #expect(run.store.crashes == 1)
    run.succeed("b")
    #expect(!run.state.owesAfterCrash)
  }

  @Test func `the third crash executes nothing and names wave and workers`() {
    var run = TestRun.begun(
      .sketch(
        [.init("z"), .init("a", needs: ["z"]), .init("f"), .init("h")], onError: ["h"]))
    run.succeed("z", "f")
    for worker in ["w1", "w2", "w3"] { run.crash(worker) }
    #expect(run.row("a")?.state == .failed)
    #expect(run.flying == ["h"])
    let error = run.input("h")?["$error"]
    #expect(error?["kind"]?.string == "workerLost")
    #expect(error?["code"]?.string == "worker_lost")
    #expect(error?["context"]?["worker"]?.string == "w3")
    #expect(error?["context"]?["wave"]?.int == 1)
    #expect(error?["context"]?["metadata"]?["workers"]?.string == "w1 w2 w3")
    #expect(error?["message"]?.string?.contains("w2 in wave 1") == true)
    #expect(!run.state.owesAfterCrash)
    #expect(run.store.attempts.map(\.number) == [1])
    run.succeed("h")
    #expect(run.end?.state == .failed)
  }

  @Test func `what is not to run is skipped, and not lost with the workers`() throws {
    let workflow = try WorkflowDefinition.parse(
      """
      workflow: w
      nodes:
        a: {handler: a, optional: true}
        b: {handler: b, when: "${{ input.in == 2 }}"}
        c: {map: {over: "${{ [1, 2] }}"}, handler: c, when: "${{ input.in == 2 }}"}
      """
    ).workflow
    var run = TestRun(workflow)
    // Nobody has come to store that b and c are skipped.
    for worker in ["w1", "w2", "w3"] {
      run.reload()
      run.store.crashes += 1
      run.store.losses.append(.init(worker: worker, wave: 0))
    }
    run.claim()
    #expect(run.row("a")?.state == .failed)
    #expect(run.row("b")?.state == .skipped)
    #expect(run.row("c")?.state == .skipped)
    #expect(run.started.isEmpty)
  }

  @Test func `maps of runs that nobody could enqueue fail, and do not end empty`() throws {
    let workflow = try WorkflowDefinition.parse(
      """
      workflow: w
      nodes:
        a: {map: {over: "${{ lists.range(1200) }}", spread: true}, handler: a, optional: true}
        b: {map: {over: "${{ [1, 2] }}", spread: true}, handler: b, optional: true}
      """
    ).workflow
    var run = TestRun(workflow)
    for worker in ["w1", "w2", "w3"] {
      run.reload()
      run.store.crashes += 1
      run.store.losses.append(.init(worker: worker, wave: 0))
    }
    run.claim()
    #expect(run.row("a")?.state == .failed)
    // The other one had no room, and was not in flight.
    #expect(run.row("b")?.state != .succeeded)
    #expect(run.recorded.flatMap(\.children).count == 2)
  }

  @Test func `a fallback stands in for a node that kills its workers`() {
    var run = TestRun.begun(
      .sketch([.init("a", retry: .fixed(delay: .seconds(1)), fallback: "f"), .init("f")]))
    for _ in 0..<3 { run.crash() }
    #expect(run.flying == ["f"])
    run.succeed("f")
    #expect(run.end?.state == .succeeded)
  }

  @Test func `a handler that kills its workers is not executed for ever`() {
    var run = TestRun.begun(.sketch([.init("a"), .init("h")], onError: ["h"]))
    run.fail("a")
    for _ in 0..<3 {
      #expect(run.flying == ["h"])
      run.crash()
    }
    #expect(run.row("h")?.state == .failed)
    #expect(run.end?.state == .failed)
    #expect(run.error?["message"]?.string == "a")
  }

  @Test func `a run that only sleeps owes nothing`() {
    var run = TestRun.begun(.sketch([.init("a", retry: .fixed(delay: .seconds(9)))]))
    run.fail("a", .io)
    run.crash()
    #expect(!run.state.owesAfterCrash)
    #expect(run.store.crashes == 0)
  }
}
