import SwellCore
import SwellModel
import Testing

@Suite struct FallbackTests {
  @Test func `a fallback sees the primary's error and input, and stands in for it`() {
    var run = TestRun.begun(
      .sketch([.init("a", fallback: "f"), .init("f"), .init("b", needs: ["a"])]))
    #expect(run.flying == ["a"])
    run.fail("a")
    #expect(run.flying == ["f"])
    #expect(run.input("f")?["$primaryError"]?["message"]?.string == "a")
    #expect(run.input("f")?["$primaryInput"]?["in"]?.int == 1)
    run.succeed("f")
    #expect(run.row("f")?.degraded == true)
    #expect(run.input("b")?.string == "f")
    run.succeed("b")
    #expect(run.end?.state == .succeeded)
    #expect(run.row("a")?.state == .failed)
    #expect(run.row("a")?.error != nil)
    #expect(run.row("b")?.degraded == false)
  }

  @Test func `a fallback runs only after its primary's last retry, and never otherwise`() {
    let retry = RetryPolicy.fixed(delay: .seconds(1), maxRetries: 1)
    var run = TestRun.begun(.sketch([.init("a", retry: retry, fallback: "f"), .init("f")]))
    run.fail("a", .io)
    run.claim(at: run.givenBack?.due)
    #expect(run.flying == ["a"])
    run.succeed("a")
    #expect(run.end?.output == Payload(json: "\"a\""))
    #expect(run.row("f") == nil)
  }

  @Test(arguments: [nil, RetryPolicy.fixed(delay: .seconds(1), maxRetries: 1)])
  func `a fallback is retried only by a policy of its own`(_ own: RetryPolicy?) {
    var run = TestRun.begun(
      .sketch(
        [.init("a", retry: RetryPolicy.none, fallback: "f"), .init("f", retry: own)],
        retry: .fixed(delay: .seconds(1))))
    run.fail("a")
    run.fail("f", .io)
    #expect(run.row("f")?.state == (own == nil ? .failed : .retrying))
    #expect((run.end == nil) == (own != nil))
  }

  @Test func `a chain of fallbacks goes on until one succeeds`() {
    var run = TestRun.begun(
      .sketch([.init("a", fallback: "f"), .init("f", fallback: "g"), .init("g")]))
    run.fail("a")
    run.fail("f")
    #expect(run.flying == ["g"])
    #expect(run.input("g")?["$primaryError"]?["message"]?.string == "f")
    #expect(
      run.input("g")?["$primaryInput"]?["$primaryError"]?["message"]?.string == "a")
    run.succeed("g")
    #expect(run.end?.output == Payload(json: "\"g\""))
  }

  @Test func `when all of a chain fail the run has the primary's error and keeps the others`() {
    var run = TestRun.begun(.sketch([.init("a", fallback: "f"), .init("f")]))
    run.fail("a")
    run.fail("f")
    #expect(run.end?.state == .failed)
    #expect(run.error?["message"]?.string == "a")
    #expect(run.error?["all"]?.array?.compactMap { $0["message"]?.string } == ["a", "f"])
  }

  @Test func `an optional primary goes on without an output when its fallback fails too`() {
    var run = TestRun.begun(
      .sketch([
        .init("a", optional: true, fallback: "f"), .init("f"), .init("c"),
        .init("b", needs: ["a", "c"]),
      ]))
    run.fail("a")
    run.fail("f")
    run.succeed("c")
    #expect(run.input("b")?["a"] == nil)
    #expect(run.input("b")?["c"]?.string == "c")
    run.succeed("b")
    #expect(run.end?.state == .succeeded)
  }

  @Test func `the chain that breaks last is not the run's error after a crash either`() {
    var run = TestRun.begun(
      .sketch(
        [.init("a", fallback: "f"), .init("f"), .init("q"), .init("h")], onError: ["h"]))
    run.fail("a")
    run.fail("q")
    run.end(("f", .failure(NodeError(.validation, "f"))))
    #expect(run.input("h")?["$failedNode"]?.string == "q")
    run.claim()
    #expect(run.input("h")?["$failedNode"]?.string == "q")
    run.succeed("h")
    #expect(run.error?["message"]?.string == "q")
  }
}
