import CEL
import SwellModel

/// What the expressions of a cases file see.
enum TrialBindings {
  /// Of `that`: the whole result.
  static let result = CELEnvironment([
    "input", CELVariable("state", .string), "output", "error", CELVariable("took", .duration),
    CELVariable("nodes", .map(.string, .dyn)),
  ])

  /// Of an output that is given: the run's input and the attempt.
  static func environment(of node: Node) -> CELEnvironment {
    var variables: [CELVariable] = ["input", CELVariable("node", .map(.string, .dyn))]
    switch node.repetition {
    case .map: variables += ["item", CELVariable("index", .int)]
    case .loop: variables.append(CELVariable("iteration", .int))
    case nil: break
    }
    return CELEnvironment(variables)
  }

  static func values(
    of attempt: TrialAttempt, input: Payload, _ environment: CELEnvironment
  ) -> CELBindings {
    var bindings = CELBindings(environment)
    bindings["input"] = value(input)
    bindings["node"] = .map(
      CELMap([
        ("id", .string(attempt.node)), ("attempt", .int(Int64(attempt.attempt))),
        ("input", value(attempt.input)), ("with", value(attempt.with)),
      ]))
    if let index = attempt.index {
      bindings["index"] = .int(Int64(index))
      bindings["item"] = value(attempt.item)
    }
    if let iteration = attempt.iteration { bindings["iteration"] = .int(Int64(iteration)) }
    return bindings
  }

  static func values(
    of result: TrialResult, input: Payload, _ template: CELTemplate
  ) -> CELBindings {
    var bindings = CELBindings(Self.result)
    bindings["input"] = value(input)
    bindings["state"] = .string(result.state.rawValue)
    bindings["output"] = value(result.output)
    bindings["error"] = value(result.error)
    bindings["took"] = duration(result.took)
    bindings["nodes"] = .map(CELMap(result.nodes.map { ($0.id, self.node($0)) }))
    return bindings
  }

  private static func node(_ node: TrialNode) -> CELValue {
    var members: [(String, CELValue)] = [
      ("state", .string(node.state.rawValue)), ("attempts", .int(Int64(node.attempts.count))),
      ("input", value(node.input)), ("with", value(node.with)), ("output", value(node.output)),
      ("error", value(node.error)), ("parts", .list(node.parts.map { self.node($0) })),
    ]
    if let wave = node.wave { members.append(("wave", .int(Int64(wave)))) }
    if let took = node.took { members.append(("took", duration(took))) }
    if let waited = node.waited { members.append(("waited", duration(waited))) }
    return .map(CELMap(members))
  }

  private static func value(_ payload: Payload?) -> CELValue {
    payload.flatMap { try? JSONDocument($0.bytes).root } ?? .null
  }

  private static func duration(_ span: Duration) -> CELValue {
    let (seconds, rest) = span.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return (try? CELDuration(seconds: seconds, nanoseconds: rest * 1000)).map(CELValue.duration)
      ?? .null
  }
}
