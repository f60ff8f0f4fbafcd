import SwellCore
import SwellModel
import Testing

@Suite struct EndingTests {
  private let deadline = Moment(microseconds: 1_000_000)

  @Test func `a deadline stops what runs, and the run fails with its own code after onError`() {
    var run = TestRun.begun(
      .sketch([.init("a"), .init("b", needs: ["a"]), .init("h")], onError: ["h"]),
      deadline: deadline)
    #expect(run.state.nextMoment() == deadline)
    run.pass(to: deadline)
    #expect(run.state.runningToCancel == [0])
    run.fail("a", .cancelled)
    #expect(run.row("a")?.state == .cancelled)
    #expect(run.flying == ["h"])
    #expect(run.input("h")?["$error"]?["code"]?.string == "deadline_exceeded")
    #expect(run.input("h")?["$failedNode"] == .null)
    run.succeed("h")
    #expect(run.end?.state == .failed)
    #expect(run.error?["code"]?.string == "deadline_exceeded")
    #expect(run.row("b") == nil)
  }

  @Test func `however a node answers to the deadline, the deadline is the error`() {
    var run = TestRun.begun(.sketch([.init("a")]), deadline: deadline)
    run.pass(to: deadline)
    run.fail("a", .process)
    #expect(run.end?.state == .failed)
    #expect(run.error?["code"]?.string == "deadline_exceeded")
    #expect(run.row("a")?.state == .cancelled)
    #expect(run.store.attempts.count == 1)
  }

  @Test func `a run that sleeps past its deadline is given back until the deadline`() {
    var run = TestRun.begun(
      .sketch([.init("a", retry: .fixed(delay: .seconds(60)))]), deadline: deadline)
    run.fail("a", .io)
    #expect(run.givenBack?.due == deadline)
    run.claim(at: deadline)
    #expect(run.end?.state == .failed)
    #expect(run.row("a")?.state == .cancelled)
  }

  @Test func `a cancel stops what runs, starts nothing, and runs no handler`() {
    var run = TestRun.begun(
      .sketch([.init("a"), .init("b", needs: ["a"]), .init("h")], onError: ["h"]))
    run.cancel()
    #expect(run.state.runningToCancel == [0])
    #expect(run.end == nil)
    run.fail("a", .cancelled)
    #expect(run.end?.state == .cancelled)
    #expect(run.error?["code"]?.string == "cancelled")
    #expect(run.error?["message"]?.string == "cancelled by ann")
    #expect(run.row("h") == nil)
    #expect(run.row("a")?.state == .cancelled)
  }

  @Test(arguments: ErrorKind.allCases)
  func `however a node answers to a cancel, the run is cancelled`(_ kind: ErrorKind) {
    var run = TestRun.begun(
      .sketch([.init("a", retry: .fixed(delay: .seconds(1))), .init("b")]))
    run.cancel()
    run.fail("a", kind)
    run.claim()
    #expect(run.end?.state == .cancelled)
    #expect(run.row("a")?.state == .cancelled)
  }

  @Test func `a success in a cancelled run is kept`() {
    var run = TestRun.begun(.sketch([.init("a")]))
    run.cancel()
    run.succeed("a")
    #expect(run.end?.state == .cancelled)
    #expect(run.row("a")?.state == .succeeded)
  }

  @Test func `a cancel that comes between a record and its plan starts nothing`() {
    var run = TestRun.begun(.sketch([.init("a"), .init("b", needs: ["a"])]))
    run.settle(0, .success(.null))
    let goesOn = run.decide()
    #expect(goesOn)
    run.state.requestCancel(.init(by: "ann", reason: "why"))
    run.start()
    #expect(run.flying == [])
    run.turn()
    #expect(run.end?.state == .cancelled)
    #expect(run.error?["message"]?.string == "cancelled by ann: why")
  }

  @Test func `a failing run that is cancelled stays failed with the original error`() {
    var run = TestRun.begun(.sketch([.init("a"), .init("h")], onError: ["h"]))
    run.fail("a")
    #expect(run.flying == ["h"])
    run.cancel()
    #expect(run.state.runningToCancel == [1])
    run.fail("h", .cancelled)
    #expect(run.end?.state == .failed)
    #expect(run.error?["message"]?.string == "a")
  }

  @Test func `a node that was to be retried is not left retrying by the end`() {
    var run = TestRun.begun(
      .sketch(
        [.init("a", retry: .fixed(delay: .milliseconds(1))), .init("b"), .init("c")],
        concurrency: 2))
    run.fail("a", .io)
    run.pass(to: run.now + .milliseconds(1))
    #expect(run.status("a") == .due)
    run.end(("b", .failure(NodeError(.other, "b"))), ("c", .failure(NodeError(.cancelled, "c"))))
    #expect(run.end?.state == .failed)
    #expect(run.row("a")?.state == .cancelled)
  }
}
