import SwellCore
import SwellModel
import Testing

@Suite struct CircuitTests {
  private func run(
    _ whenOpen: Node.WhenOpen, until: Int64?, retry: RetryPolicy? = RetryPolicy.none
  ) -> TestRun {
    var run = TestRun(
      .sketch([
        .init("a", retry: retry, fallback: "f", circuit: "api", whenOpen: whenOpen), .init("f"),
      ]))
    run.random = 0.5
    run.board.failing["api"] = .some(until.map { Moment(microseconds: $0) })
    run.turn()
    return run
  }

  @Test func `a node that waits is parked until its circuit may be tried, and uses no retry`() {
    var run = run(.wait, until: 1000, retry: .fixed(delay: .seconds(1), maxRetries: 1))
    #expect(run.row("a")?.state == .waiting)
    #expect(run.row("a")?.attempt == 0)
    #expect(run.row("a")?.error != nil)
    #expect(run.givenBack?.due == Moment(microseconds: 251_000))
    #expect(run.store.attempts.isEmpty)
    run.claim(at: run.givenBack?.due)
    #expect(run.started.map(\.probe) == ["api"])
    #expect(run.started.map(\.attempt) == [1])
    run.fail("a", .io)
    #expect(run.row("a")?.state == .retrying)
  }

  @Test(arguments: [Node.WhenOpen.fail, .fallback])
  func `a node that does not wait fails with circuitOpen`(_ whenOpen: Node.WhenOpen) {
    var run = run(whenOpen, until: 1000, retry: .fixed(delay: .seconds(1)))
    #expect(run.row("a")?.state == .failed)
    #expect(run.flying == ["f"])
    #expect(run.input("f")?["$primaryError"]?["kind"]?.string == "circuitOpen")
    #expect(run.store.attempts.isEmpty)
    run.succeed("f")
    #expect(run.end?.state == .succeeded)
  }

  @Test func `a half-open circuit gives a probe, and a closed one does not`() {
    #expect(run(.wait, until: 0).started.map(\.probe) == ["api"])
    #expect(run(.fail, until: -1).started.map(\.probe) == ["api"])
    #expect(run(.wait, until: nil).started.map(\.probe) == [nil])
  }

  @Test func `a probe that another worker makes parks the node and uses no attempt`() {
    var run = run(.wait, until: 0)
    run.end(("a", .notTried))
    #expect(run.row("a")?.state == .waiting)
    #expect(run.row("a")?.attempt == 0)
    #expect(run.row("a")?.due == run.now + .microseconds(1_250_000))
    #expect(run.store.attempts.isEmpty)
    #expect(run.recorded.allSatisfy { $0.circuits.isEmpty })
    run.claim(at: run.givenBack?.due)
    #expect(run.started.map(\.attempt) == [1, 1])
  }

  @Test(arguments: ErrorKind.allCases)
  func `only what may be retried counts against a circuit`(_ kind: ErrorKind) {
    var run = run(.wait, until: nil)
    run.fail("a", kind)
    #expect(
      run.recorded.flatMap(\.circuits).map { "\($0.circuit) \($0.succeeded)" }
        == (kind.isRetryable ? ["api false"] : []))
  }

  @Test func `a success counts for a circuit`() {
    var run = run(.wait, until: nil)
    run.succeed("a")
    #expect(
      run.recorded.flatMap(\.circuits).map { "\($0.circuit) \($0.succeeded)" } == ["api true"])
  }
}
