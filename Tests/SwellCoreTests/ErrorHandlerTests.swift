import SwellCore
import SwellModel
import Testing

@Suite struct ErrorHandlerTests {
  @Test func `handlers run once, after all has ended, with all errors and the failed node`() {
    var run = TestRun.begun(
      .sketch([.init("a"), .init("b"), .init("c", needs: ["b"]), .init("h")], onError: ["h"]))
    run.fail("a")
    #expect(run.flying == ["b"])
    #expect(run.state.runningToCancel == [1])
    run.fail("b", .other)
    #expect(run.flying == ["h"])
    #expect(run.input("h")?["$error"]?["message"]?.string == "a")
    #expect(
      run.input("h")?["$error"]?["all"]?.array?.compactMap { $0["message"]?.string } == ["a", "b"])
    #expect(run.input("h")?["$failedNode"]?.string == "a")
    #expect(run.input("h")?["input"]?["in"]?.int == 1)
    run.succeed("h")
    #expect(run.end?.state == .failed)
    #expect(run.error?["message"]?.string == "a")
    #expect(run.started.count == 3)
    #expect(run.row("c") == nil)
  }

  @Test func `a handler that fails too is stored and hides nothing`() {
    var run = TestRun.begun(.sketch([.init("a"), .init("h")], onError: ["h"]))
    run.fail("a")
    run.fail("h", .other)
    #expect(run.end?.state == .failed)
    #expect(run.error?["message"]?.string == "a")
    #expect(run.error?["all"]?.array?.count == 2)
    #expect(run.row("h")?.state == .failed)
  }

  @Test func `a handler is never run without a failure`() {
    var run = TestRun.begun(.sketch([.init("a"), .init("h")], onError: ["h"]))
    run.succeed("a")
    #expect(run.end?.state == .succeeded)
    #expect(run.row("h") == nil)
  }

  @Test func `of two that fail together the first is the error`() {
    var run = TestRun.begun(.sketch([.init("a"), .init("b"), .init("c")]))
    run.end(
      ("b", .failure(NodeError(.other, "b"))), ("a", .failure(NodeError(.other, "a"))),
      ("c", .failure(NodeError(.cancelled, "c"))))
    #expect(run.error?["message"]?.string == "b")
  }

  @Test(arguments: [["a", "b"], ["b", "a"]])
  func `what becomes ready together with a failure is not started`(_ order: [String]) {
    var run = TestRun.begun(
      .sketch(
        [.init("a"), .init("b"), .init("c", needs: ["b"]), .init("h")], onError: ["h"]))
    for id in order {
      run.settle(id == "a" ? 0 : 1, id == "a" ? .failure(NodeError(.other, "a")) : .success(.null))
    }
    run.turn()
    #expect(run.flying == ["h"])
  }

  @Test func `handlers that a crash interrupted go on`() {
    var run = TestRun.begun(
      .sketch(
        [
          .init("a"), .init("h", fallback: "hf"), .init("hf"), .init("i"),
          .init("j", needs: ["i"]),
        ], onError: ["h", "i", "j"]))
    run.fail("a")
    #expect(run.flying == ["h", "i"])
    run.end(
      ("h", .failure(NodeError(.other, "h"))), ("i", .success(.null)))
    #expect(run.flying == ["hf", "j"])
    run.claim()
    #expect(run.flying == ["hf", "j"])
    run.succeed("hf")
    run.claim()
    #expect(run.flying == ["j"])
    run.succeed("j")
    #expect(run.error?["message"]?.string == "a")
  }

  @Test func `a handler's retry is not hidden by a node that sleeps for ever`() {
    let retry = RetryPolicy.fixed(delay: .milliseconds(1), maxRetries: 1)
    var run = TestRun.begun(
      .sketch(
        [
          .init("a", kind: "x", retry: retry), .init("b"),
          .init("h", kind: "y", retry: .fixed(delay: .seconds(9), maxRetries: 1)),
        ], onError: ["h"]))
    run.end(("a", .failure(NodeError(.io, "a"))), ("b", .failure(NodeError(.other, "b"))))
    run.fail("h", .io)
    #expect(run.givenBack?.due == run.now + .seconds(9))
    #expect(run.givenBack?.kinds == ["y"])
    #expect(run.state.nextMoment() == run.now + .seconds(9))
    run.claim(at: run.givenBack?.due)
    run.succeed("h")
    #expect(run.row("a")?.state == .cancelled)
    #expect(run.error?["message"]?.string == "b")
  }

  @Test func `a retry and the end of the run in one record are one row`() {
    let retry = RetryPolicy.fixed(delay: .seconds(1), maxRetries: 2)
    var run = TestRun.begun(.sketch([.init("a", retry: retry), .init("b")]))
    run.fail("a", .io)
    run.pass(to: run.now + .seconds(1))
    run.end(("a", .failure(NodeError(.io, "a"))), ("b", .failure(NodeError(.other, "b"))))
    #expect(run.end?.state == .failed)
    #expect(run.row("a")?.state == .cancelled)
    #expect(run.row("a")?.attempt == 2)
    #expect(run.row("a")?.input != nil)
    #expect(run.store.refusals == [])
  }
}
