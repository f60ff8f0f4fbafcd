import Foundation
public import SwellModel

/// One run of a workflow in memory: with given outputs of its nodes, and a clock that is moved by hand.
///
///     var trial = try WorkflowTrial(definition, input: Order(id: 7))
///     try trial.node("order", gives: ["price": 40])
///     trial.approve("review", .afterAsked(.seconds(7200)))
///     let result = try await trial.run()
///     #expect(result.state == .succeeded && result.took == .seconds(7200))
///
/// What a workflow does is decided by the same code as in a worker. `cel` and `log` nodes are computed;
/// any other that executes something needs a reply. Waiting moves the clock to the next moment at
/// which something happens.
public struct WorkflowTrial: Sendable {
  /// How a node ends one attempt. Throws `NodeError` to fail it; anything else is an `execution`
  /// error, as in a worker; a `TrialProblem` ends the trial.
  public typealias Body = @Sendable (TrialAttempt) async throws -> TrialReply

  public let definition: WorkflowDefinition
  public var input: Payload
  public var secrets: [String: String] = [:]
  /// When the run begins, in microseconds since 1970. By default 2000-01-01T00:00:00Z.
  public var startMicroseconds: Int64 = 946_684_800_000_000
  /// Where jitter comes from; nil is none at all.
  public var seed: UInt64?
  /// Circuits that are open when the run begins, and for how long.
  public var openCircuits: [String: Duration] = [:]
  /// What reaches the run from outside.
  public var messages: [TrialMessage] = []
  var nodes: [String: Body] = [:]

  public init(_ definition: WorkflowDefinition, input: Payload = .emptyObject) {
    self.definition = definition
    self.input = input
  }

  /// - Throws: `EncodingError` when the input cannot be written as JSON.
  public init(_ definition: WorkflowDefinition, input: some Encodable) throws {
    self.init(definition, input: Payload(bytes: Array(try JSONEncoder().encode(input))))
  }

  /// Says how every attempt of a node ends, those of its items or iterations included.
  public mutating func node(_ id: String, _ body: @escaping Body) {
    nodes[id] = body
  }

  /// Has a node give a value.
  public mutating func node(
    _ id: String, gives value: some Encodable, takes: Duration = .zero
  ) throws {
    let reply = try TrialReply.output(value, takes: takes)
    nodes[id] = { _ in reply }
  }

  /// Has every attempt of a node fail.
  public mutating func node(_ id: String, fails error: NodeError, takes: Duration = .zero) {
    nodes[id] = { _ in .error(error, takes: takes) }
  }

  /// Says how the attempts of a node end, one after the other; one more is a problem of the trial.
  public mutating func node(_ id: String, attempts: [TrialReply]) {
    nodes[id] = { attempt in
      guard attempts.indices.contains(attempt.attempt - 1) else {
        throw TrialProblem(
          "missing_output",
          "'\(id)' was tried \(attempt.attempt) times, and there are \(attempts.count) replies",
          node: id)
      }
      return attempts[attempt.attempt - 1]
    }
  }

  /// Has a node execute a function, such as the body of a handler.
  public mutating func handle<Input: Decodable & Sendable, Output: Encodable & Sendable>(
    _ id: String, _ body: @escaping @Sendable (Input, TrialAttempt) async throws -> Output
  ) {
    nodes[id] = { attempt in
      try .output(try await body(try attempt.input(as: Input.self), attempt))
    }
  }

  public mutating func approve(
    _ node: String, _ time: TrialMessage.Time = .afterAsked(.zero), by person: String = "tester",
    comment: String? = nil
  ) {
    messages.append(
      TrialMessage(
        .answer(node: node, isYes: true, comment: comment), time, sender: person))
  }

  public mutating func reject(
    _ node: String, _ time: TrialMessage.Time = .afterAsked(.zero), by person: String = "tester",
    comment: String? = nil
  ) {
    messages.append(
      TrialMessage(
        .answer(node: node, isYes: false, comment: comment), time, sender: person))
  }

  public mutating func signal(
    _ name: String, _ payload: Payload = .null, _ time: TrialMessage.Time = .afterAsked(.zero),
    from sender: String = "tester"
  ) {
    messages.append(
      TrialMessage(.signal(name: name, payload: payload), time, sender: sender))
  }

  public mutating func cancel(
    at time: Duration, by person: String = "tester", reason: String? = nil
  ) {
    messages.append(TrialMessage(.cancel(reason: reason), .at(time), sender: person))
  }

  /// Carries the run to its end, or to where nothing happens any more by itself.
  ///
  /// - Throws: `TrialProblem` when the trial lacks something, or is not about this workflow.
  public func run() async throws(TrialProblem) -> TrialResult {
    try checkNames()
    if let inputProblem { throw inputProblem }
    var run = TrialRun(self)
    return try await run.finish()
  }

  /// Why this input would not be enqueued: it does not fit the workflow's schema.
  var inputProblem: TrialProblem? {
    guard let schema = definition.workflow.inputSchema else { return nil }
    let problem: String?
    do throws(PayloadProblem) {
      problem = try schema.problem(in: input)
    } catch {
      problem = "\(error)"
    }
    return problem.map {
      TrialProblem("input_mismatch", "the input does not fit the schema of the workflow: \($0)")
    }
  }

  private func checkNames() throws(TrialProblem) {
    let ids = definition.workflow.nodes.map(\.id)
    var named = nodes.keys.sorted()
    for message in messages {
      if case .answer(let node, _, _) = message.content { named.append(node) }
    }
    var report = DefinitionReport()
    for id in named where !ids.contains(id) {
      throw TrialProblem(
        "unknown_node", "there is no node '\(id.shortened)'", node: id,
        suggestion: report.suggestion(for: id, among: ids))
    }
  }
}
