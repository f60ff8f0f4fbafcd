import SwellCore
import SwellModel
import Testing

@Suite struct RetryTests {
  /// Fails until the node ends or 12 attempts are through; returns the delays between attempts
  /// in milliseconds.
  private func delays(
    _ retry: RetryPolicy?, workflow: RetryPolicy? = nil, random: Double = 0,
    retryAfter: Duration? = nil
  ) -> [Double] {
    var run = TestRun(.sketch([.init("a", retry: retry)], retry: workflow))
    run.random = random
    run.turn()
    var delays: [Double] = []
    for _ in 0..<12 {
      run.fail("a", .transport, retryAfter: retryAfter)
      guard run.end == nil, run.row("a")?.state == .retrying, let due = run.row("a")?.due else {
        break
      }
      delays.append(Double(due.microseconds(since: run.now)) / 1000)
      // A retry that is due at once stays with the worker.
      #expect(run.givenBack?.due == (due > run.now ? due : nil))
      if run.givenBack != nil { run.claim(at: due) }
    }
    #expect(run.end?.state == .failed)
    #expect(run.store.attempts.map(\.number) == Array(1...(delays.count + 1)))
    return delays
  }

  @Test func `nothing said means three retries after 100, 200 and 400 ms`() {
    #expect(delays(nil) == [100, 200, 400])
  }

  @Test func `none means no retry`() {
    #expect(delays(RetryPolicy.none) == [])
  }

  @Test func `fixed means the same delay each time`() {
    #expect(delays(.fixed(delay: .milliseconds(30), maxRetries: 4)) == [30, 30, 30, 30])
  }

  @Test func `exponential grows up to its limit`() {
    let policy = RetryPolicy.exponential(
      baseDelay: .milliseconds(10), maxDelay: .milliseconds(50), multiplier: 3, maxRetries: 4)
    #expect(delays(policy) == [10, 30, 50, 50])
  }

  @Test(arguments: [
    (RetryPolicy.Jitter.none, 0.0, 100.0), (.none, 0.999, 100), (.full, 0, 0), (.full, 0.5, 50),
    (.equal, 0, 50), (.equal, 0.5, 75),
  ])
  func `jitter stays within its bounds`(
    _ jitter: RetryPolicy.Jitter, _ random: Double, _ expected: Double
  ) {
    let policy = RetryPolicy.fixed(delay: .milliseconds(100), maxRetries: 1, jitter: jitter)
    let found = delays(policy, random: random)
    #expect(found == [expected])
  }

  @Test func `the time that the other side asks for wins`() {
    #expect(delays(nil, retryAfter: .seconds(7)) == [7000, 7000, 7000])
    #expect(delays(nil, retryAfter: .milliseconds(1)) == [1, 1, 1])
    #expect(delays(RetryPolicy.none, retryAfter: .seconds(7)) == [])
  }

  @Test func `the node's policy wins over the workflow's, which wins over the worker's`() {
    let one = RetryPolicy.fixed(delay: .milliseconds(1), maxRetries: 1)
    #expect(delays(one, workflow: .fixed(delay: .milliseconds(2))) == [1])
    #expect(delays(nil, workflow: one) == [1])
  }

  @Test(arguments: ErrorKind.allCases)
  func `an error is retried if its kind is in the table`(_ kind: ErrorKind) {
    let retryable: Set<ErrorKind> = [
      .execution, .timeout, .transport, .rateLimited, .io, .process,
    ]
    var run = TestRun.begun(.sketch([.init("a", retry: .fixed(delay: .seconds(1)))]))
    run.fail("a", kind)
    #expect(ErrorKind.allCases.count == 15)
    if retryable.contains(kind) {
      #expect(run.row("a")?.state == .retrying)
      #expect(run.end == nil)
    } else {
      #expect(run.row("a")?.state == .failed)
      #expect(run.end?.state == .failed)
      #expect(run.error?["kind"]?.string == kind.rawValue)
    }
    #expect(run.store.attempts.count == 1)
  }

  @Test func `a retry repeats only its node and gives its output on`() {
    var run = TestRun.begun(
      .sketch(
        [.init("a"), .init("b", retry: .fixed(delay: .seconds(1))), .init("c", needs: ["a", "b"])]))
    run.succeed("a")
    run.fail("b", .io)
    run.claim(at: run.givenBack?.due)
    #expect(run.flying == ["b"])
    #expect(run.started.last?.attempt == 2)
    run.succeed("b")
    #expect(run.flying == ["c"])
    #expect(run.row("b")?.error == nil)
    run.succeed("c")
    #expect(run.end?.state == .succeeded)
    #expect(run.end?.output == Payload(json: "\"c\""))
  }

  private static func guarded(_ nodes: String, onError: String = "") throws -> TestRun {
    TestRun.begun(
      try WorkflowDefinition.parse("workflow: w\n\(onError)nodes:\n\(nodes)").workflow)
  }

  @Test func `after swell.retry a condition that could not be told is looked at again`() throws {
    var run = try Self.guarded(
      """
        order: {handler: order}
        charge: {handler: charge, when: "${{ nodes.order.total > 0 }}"}
      """)
    run.succeed("order")
    for attempt in 1...2 {
      #expect(run.end?.state == .failed)
      #expect(run.row("charge")?.attempt == attempt)
      #expect(run.started.count == 1)
      run.end = nil
      run.store.retry(run.workflow)
      run.claim()
    }
    #expect(run.store.refusals == [])
  }

  @Test func `after swell.retry an error handler looks at the error of this life`() throws {
    var run = try Self.guarded(
      """
        a: {handler: a, retry: {strategy: none}}
        h: {handler: h, when: "${{ $error.kind == 'timeout' }}"}
      """, onError: "onError: h\n")
    run.fail("a", .timeout)
    #expect(run.flying == ["h"])
    run.succeed("h")
    run.end = nil
    run.store.retry(run.workflow)
    run.claim()
    run.fail("a", .validation)
    #expect(run.end?.state == .failed)
    #expect(run.row("h")?.state == .skipped)
    #expect(run.started.count == 3)
    #expect(run.store.refusals == [])
  }

  @Test func `attempt numbers go on beyond a life in which a node was skipped`() throws {
    var run = try Self.guarded(
      """
        a: {handler: a, retry: {strategy: none}}
        h: {handler: h, retry: {strategy: none}, when: "${{ $error.kind == 'timeout' }}"}
      """, onError: "onError: h\n")
    for kind in [ErrorKind.timeout, .validation, .timeout] {
      run.fail("a", kind)
      if kind == .timeout { run.fail("h", .io) }
      run.end = nil
      run.store.retry(run.workflow)
      run.claim()
    }
    #expect(run.store.refusals == [])
    #expect(run.store.attempts.filter { $0.node == 1 }.map(\.number) == [1, 2])
  }

  @Test func `what a skipped node makes ready does not wait for what is in flight`() throws {
    let run = try Self.guarded(
      """
        slow: {handler: slow}
        b: {handler: b, when: "${{ false }}"}
        c: {handler: c, needs: b, input: {}}
      """)
    #expect(run.flying == ["c", "slow"])
  }

  @Test func `a condition is looked at once while its node is tried again`() throws {
    var run = try Self.guarded(
      """
        a: {handler: a, when: "${{ true }}", retry: {strategy: fixed, delay: 1s, maxRetries: 1}}
      """)
    run.fail("a", .io)
    run.claim(at: run.givenBack?.due)
    #expect(run.flying == ["a"])
    run.fail("a", .io)
    run.end = nil
    run.store.retry(run.workflow)
    run.claim()
    #expect(run.flying == ["a"])
    run.succeed("a")
    #expect(run.end?.state == .succeeded)
    #expect(run.row("a")?.attempt == 3)
  }

  @Test func `after swell.retry attempt numbers go on and the budget starts anew`() {
    var run = TestRun.begun(
      .sketch(
        [
          .init("a"), .init("b", needs: ["a"], retry: .fixed(delay: .seconds(1), maxRetries: 1)),
          .init("h"),
        ], onError: ["h"]))
    run.succeed("a")
    run.fail("b", .io)
    run.claim(at: run.givenBack?.due)
    run.fail("b", .io)
    run.succeed("h")
    #expect(run.end?.state == .failed)
    run.end = nil
    run.store.retry(run.workflow)
    run.claim()
    #expect(run.flying == ["b"])
    #expect(run.started.last?.attempt == 3)
    #expect(run.state.wave == 3)
    run.fail("b", .io)
    #expect(run.givenBack?.due != nil)
    run.claim(at: run.givenBack?.due)
    run.fail("b", .io)
    #expect(run.row("b")?.retriesFrom == 2)
    #expect(run.row("b")?.attempt == 4)
    #expect(run.flying == ["h"])
    #expect(run.started.last?.attempt == 2)
    run.succeed("h")
    #expect(run.end?.state == .failed)
    #expect(run.store.refusals == [])
  }

  @Test func `a node with a row from before swell.retry may be skipped after it`() {
    var run = TestRun.begun(
      .sketch([.init("a"), .init("h"), .init("i", needs: ["h"])], onError: ["h", "i"]))
    run.fail("a")
    run.succeed("h")
    run.succeed("i")
    run.end = nil
    run.store.retry(run.workflow)
    run.claim()
    run.fail("a")
    run.fail("h")
    #expect(run.row("i")?.state == .skipped)
    #expect(run.row("i")?.isFresh == false)
    #expect(run.end?.state == .failed)
    #expect(run.store.refusals == [])
  }
}
