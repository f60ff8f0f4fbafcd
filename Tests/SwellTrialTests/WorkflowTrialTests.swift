import SwellModel
import SwellTrial
import Testing

/// What a trial does, by the type that tests in Swift use.
@Suite struct WorkflowTrialTests {
  struct Order: Codable, Sendable, Equatable {
    var id: Int
  }

  private func trial(_ nodes: String, input: Payload = .emptyObject, top: String = "") throws
    -> WorkflowTrial
  {
    let body = nodes.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    return WorkflowTrial(
      try WorkflowDefinition.parse("workflow: w\n\(top)\nnodes:\n\(body)\n"), input: input)
  }

  @Test func `values go in and come out as values`() async throws {
    var trial = try WorkflowTrial(
      WorkflowDefinition.parse(
        "workflow: w\nnodes: {a: {handler: h}, b: {handler: h, needs: a}}"), input: Order(id: 7))
    trial.handle("a") { (order: Order, attempt) in Order(id: order.id + attempt.attempt) }
    trial.handle("b") { (order: Order, _) in Order(id: order.id * 10) }
    let result = try await trial.run()
    #expect(result.state == .succeeded)
    #expect(try result.output(as: Order.self) == Order(id: 80))
    #expect(result.ran == ["a", "b"] && result.took == .zero)
    #expect(result.node("b")?.wave == 1)
  }

  @Test func `what a skipped node makes ready is ready at once`() async throws {
    var alone = try trial("a: {handler: h, when: '${{ false }}'}", top: "deadline: 1h")
    alone.handle("a") { (_: Order, _) -> Int in 1 }
    #expect(try await alone.run().state == .succeeded)
    var beside = try trial(
      """
      slow: {wait: {duration: 1m}}
      b: {handler: h, when: '${{ false }}'}
      c: {handler: h, needs: b, input: {id: 1}}
      d: {wait: {duration: 1m}, needs: c}
      """)
    for node in ["b", "c"] { beside.handle(node) { (_: Order, _) -> Int in 1 } }
    let result = try await beside.run()
    #expect(result.state == .succeeded)
    #expect(result.took == .seconds(60))
  }

  @Test func `what a handler throws is what a worker makes of it`() async throws {
    struct Trouble: Error {}
    var trial = try trial("a: {handler: h, retry: {strategy: fixed, delay: 2s, maxRetries: 1}}")
    trial.handle("a") { (_: Order, _) -> Int in 1 }
    let misfit = try await trial.run()
    #expect(misfit.node("a")?.error?.text.contains(#""kind":"marshaling""#) == true)
    #expect(misfit.node("a")?.attempts.count == 1)
    trial.node("a") { _ in throw Trouble() }
    let thrown = try await trial.run()
    #expect(thrown.node("a")?.error?.text.contains(#""kind":"execution""#) == true)
    #expect(thrown.node("a")?.attempts.map(\.at) == [.zero, .seconds(2)])
    #expect(thrown.state == .failed && thrown.failedNode == "a" && thrown.took == .seconds(2))
    trial.node("a") { _ in .output(Payload(json: "oops")) }
    let broken = try await trial.run()
    #expect(broken.node("a")?.error?.text.contains(#""kind":"serialization""#) == true)
    trial.node("a") { _ in
      .output(Payload(json: "\"" + String(repeating: "x", count: 2 << 20) + "\""))
    }
    let large = try await trial.run()
    #expect(large.node("a")?.error?.text.contains(#""kind":"tooLarge""#) == true)
  }

  @Test func `attempts run side by side on the clock`() async throws {
    var trial = try trial(
      "a: {handler: h}\nb: {handler: h}\nc: {handler: h, needs: [a, b]}", top: "concurrency: 2")
    try trial.node("a", gives: 1, takes: .seconds(3))
    try trial.node("b", gives: 2, takes: .seconds(5))
    try trial.node("c", gives: 3, takes: .seconds(1))
    #expect(try await trial.run().took == .seconds(6))
    var narrow = try self.trial("a: {handler: h}\nb: {handler: h}", top: "concurrency: 1")
    try narrow.node("a", gives: 1, takes: .seconds(3))
    try narrow.node("b", gives: 2, takes: .seconds(5))
    #expect(try await narrow.run().took == .seconds(8))
  }

  @Test func `a map starts so many items at a time`() async throws {
    var trial = try trial(
      "a: {handler: h, map: {over: \"${{ [1, 2, 3, 4, 5] }}\", concurrency: 2}}")
    trial.node("a") { attempt in
      try .output(attempt.index ?? -1, takes: .seconds(1))
    }
    let result = try await trial.run()
    #expect(result.output?.text == "[0,1,2,3,4]" && result.took == .seconds(3))
    #expect(result.node("a")?.parts.map(\.input?.text) == ["1", "2", "3", "4", "5"])
  }

  @Test func `a node that is too slow times out`() async throws {
    var trial = try trial("a: {handler: h, timeout: 5s, retry: none}")
    try trial.node("a", gives: 1, takes: .seconds(5))
    #expect(try await trial.run().state == .succeeded)
    try trial.node("a", gives: 1, takes: .milliseconds(5001))
    let result = try await trial.run()
    #expect(result.error?.text.contains("attempt_timeout") == true)
    #expect(result.took == .seconds(5))
  }

  @Test func `a failure stops what still runs, a deadline and a cancel as well`() async throws {
    var trial = try trial("a: {handler: h, retry: none}\nb: {handler: h}", top: "deadline: 10s")
    trial.node("a", fails: NodeError(.validation, "no"), takes: .seconds(1))
    try trial.node("b", gives: 1, takes: .seconds(20))
    let failed = try await trial.run()
    #expect(failed.node("b")?.state == .cancelled && failed.took == .seconds(1))
    try trial.node("a", gives: 1)
    let late = try await trial.run()
    #expect(late.state == .failed && late.took == .seconds(10))
    #expect(late.error?.text.contains("deadline_exceeded") == true)
    trial.cancel(at: .seconds(4), by: "ann", reason: "enough")
    let cancelled = try await trial.run()
    #expect(cancelled.state == .cancelled && cancelled.took == .seconds(4))
    #expect(cancelled.error?.text.contains("cancelled by ann: enough") == true)
  }

  @Test func `signals are used once each, in their order, and wait to be asked for`() async throws {
    var trial = try trial(
      """
      a: {wait: {signal: go}}
      b: {wait: {signal: go}, needs: a}
      c: {wait: {signal: go, timeout: 1h}, needs: b, otherwise: [d], then: [e]}
      d: {sink: log}
      e: {sink: log}
      """)
    trial.signal("go", Payload(json: "1"), .afterAsked(.seconds(60)))
    trial.signal("go", Payload(json: "2"), .afterAsked(.seconds(30)), from: "bank")
    let result = try await trial.run()
    #expect(result.node("a")?.output?.text.contains(#""payload":1"#) == true)
    #expect(result.node("b")?.output?.text.contains(#""payload":2,"from":"bank""#) == true)
    #expect(result.node("c")?.output?.text == #"{"received":false}"#)
    #expect(result.took == .seconds(3_690) && result.waited == ["a", "b", "c"])
    #expect(result.skipped == ["e"])
    trial.messages = []
    trial.signal("go", .null, .at(.seconds(5)))
    trial.signal("go", .null, .at(.seconds(1)))
    trial.signal("go", .null, .at(.seconds(9)))
    #expect(try await trial.run().took == .seconds(9))
  }

  @Test func `an answer in time wins, one that is late does not`() async throws {
    var trial = try trial("a: {approval: {title: x, timeout: 1h}}")
    trial.approve("a", .afterAsked(.seconds(3600)), by: "ann")
    #expect(try await trial.run().state == .succeeded)
    trial.messages = []
    trial.approve("a", .afterAsked(.seconds(3601)))
    let late = try await trial.run()
    #expect(late.error?.text.contains("approval_expired") == true)
    trial.messages = []
    trial.reject("a", comment: "no")
    #expect(try await trial.run().error?.text.contains("rejected by tester: no") == true)
  }

  @Test func `circuits open, wait, fail and close again`() async throws {
    let retry = "retry: {strategy: fixed, delay: 1s, maxRetries: 9}"
    var trial = try trial("a: {handler: h, circuit: api, \(retry)}")
    trial.node("a") { attempt in
      if attempt.attempt < 8 { throw NodeError(.transport, "down") }
      return .output(.null)
    }
    let result = try await trial.run()
    // Five failures open it; each probe after that waits for 30 s.
    #expect(
      result.node("a")?.attempts.map(\.at.components.seconds) == [0, 1, 2, 3, 4, 34, 64, 94])
    #expect(result.state == .succeeded)
    var failing = try self.trial("a: {handler: h, circuit: api, whenOpen: fail}")
    failing.openCircuits = ["api": .seconds(60)]
    #expect(try await failing.run().error?.text.contains("circuit_open") == true)
    var two = try self.trial("a: {handler: h, circuit: api}\nb: {handler: h, circuit: api}")
    two.openCircuits = ["api": .seconds(60)]
    try two.node("a", gives: 1)
    try two.node("b", gives: 1)
    // One tries, the other looks again a second later.
    #expect(try await two.run().took == .seconds(61))
  }

  @Test func `dates are those of the trial's calendar`() async throws {
    var trial = try trial("a: {wait: {until: 2000-01-02T00:00:00Z}}")
    #expect(try await trial.run().took == .seconds(86_400))
    trial.startMicroseconds += 86_400_000_000 + 1
    #expect(try await trial.run().took == .zero)
  }

  @Test func `jitter is nothing, or what the seed says`() async throws {
    var trial = try trial(
      "a: {handler: h, retry: {strategy: fixed, delay: 10s, maxRetries: 3, jitter: full}}")
    trial.node("a", fails: NodeError(.io, "x"))
    #expect(try await trial.run().took == .zero)
    trial.seed = 7
    let first = try await trial.run().took
    #expect(first > .zero && first < .seconds(30))
    #expect(try await trial.run().took == first)
    trial.seed = 8
    #expect(try await trial.run().took != first)
  }

  @Test func `secrets are given, and are not in outputs`() async throws {
    var trial = try trial("a: {handler: h, input: {key: \"${{ secrets.KEY }}\"}}")
    trial.node("a") { .output($0.input) }
    await #expect(throws: TrialProblem.self) { try await trial.run() }
    trial.secrets = ["KEY": "topsecret"]
    let result = try await trial.run()
    #expect(result.node("a")?.input?.text == #"{"key":"topsecret"}"#)
    #expect(result.output?.text == #"{"key":"***"}"#)
  }

  @Test func `what is computed is computed, and what is missing is named`() async throws {
    let trial = try trial(
      """
      a: {transform: cel, with: {value: "${{ input.x * 2 }}"}}
      b: {sink: log, needs: a}
      c: {handler: charge, needs: b}
      """, input: Payload(json: #"{"x":21}"#))
    let problem = await #expect(throws: TrialProblem.self) { try await trial.run() }
    #expect(problem?.code == "missing_output" && problem?.node == "c")
    #expect(
      problem?.message
        == "'c' (handler:charge) was to be executed, and nothing says what it gives; add c: {output: …}"
    )
    var whole = trial
    whole.node("c") { .output($0.input) }
    #expect(try await whole.run().output?.text == "42")
    whole.node("d") { _ in .output(.null) }
    let unknown = await #expect(throws: TrialProblem.self) { try await whole.run() }
    #expect(unknown?.code == "unknown_node")
  }

  @Test func `an input that would not be enqueued is not tried, and an output is judged`()
    async throws
  {
    let definition = try WorkflowDefinition.parse(
      """
      workflow: w
      input: {type: object, required: [n]}
      output: {type: integer, maximum: 9}
      nodes:
        a: {transform: cel, with: {value: "${{ input.n }}"}}
      """)
    let problem = await #expect(throws: TrialProblem.self) {
      try await WorkflowTrial(definition).run()
    }
    #expect(problem?.code == "input_mismatch")
    #expect(problem?.message.contains("n") == true, "\(problem?.message ?? "")")
    func end(_ n: Int) async throws -> String {
      let result = try await WorkflowTrial(definition, input: ["n": n]).run()
      let code = try result.error.flatMap { try NodeError(payload: $0).code }
      return "\(result.state) \(code ?? "")"
    }
    let ends = [try await end(9), try await end(10)]
    #expect(ends == ["succeeded ", "failed output_mismatch"])
  }

  @Test func `replies run out loudly`() async throws {
    var trial = try trial("a: {handler: h}")
    trial.node("a", attempts: [.error(NodeError(.io, "x")), .error(NodeError(.io, "y"))])
    let problem = await #expect(throws: TrialProblem.self) { try await trial.run() }
    #expect(problem?.code == "missing_output")
    trial.node("a", attempts: [.error(NodeError(.io, "x")), .output(.null)])
    let result = try await trial.run()
    #expect(result.took == .milliseconds(100))
    #expect(result.events.map(\.state) == ["retrying", "succeeded", "succeeded"])
  }

  @Test func `a call and items that are runs of their own are given what their runs give`()
    async throws
  {
    let definition = try WorkflowDefinition.parse(
      """
      workflow: w
      nodes:
        each: {map: {over: "${{ [1, 2] }}", spread: true}, handler: h, input: {n: "${{ item }}"}}
        ask: {call: shipping, input: {all: "${{ nodes.each }}"}}
      """)
    var trial = WorkflowTrial(definition)
    trial.node("each") { attempt in .output(attempt.input) }
    try trial.node("ask", gives: ["done": true], takes: .seconds(86_400))
    let result = try await trial.run()
    #expect(result.state == .succeeded)
    #expect(result.output?.text == #"{"done":true}"#)
    #expect(result.took == .seconds(86_400))
    // A run that has failed is not started again by itself.
    trial.node("ask", fails: NodeError(.transport, "away"))
    #expect(try await trial.run().took == .zero)
  }
}
