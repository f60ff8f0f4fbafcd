/// A compiled expression: can be evaluated any number of times, from anywhere.
public struct CELExpression: Sendable {
  let node: any Node
  let tree: Syntax
  /// The type of its values, as far as it is known.
  public let type: CELType
  let locals: Int
  let cost: Int
  let environment: CELEnvironment

  /// - Throws: the `CELError` that ended the evaluation, with its place.
  public func evaluate(_ bindings: CELBindings) throws(CELError) -> CELValue {
    var evaluation = Evaluation(
      bindings, limits: environment.limits, promotes: environment.options.promotesNumbers,
      locals: locals)
    return try evaluate(&evaluation)
  }

  /// As one of several expressions under the same budget.
  func evaluate(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    evaluation.reserveLocals(locals)
    try evaluation.spend(cost, at: tree.place)
    return try node.value(&evaluation)
  }

  /// The value as JSON; what is a part of a document is copied as it stands there.
  public func evaluateJSON(_ bindings: CELBindings) throws(CELError) -> [UInt8] {
    let value = try evaluate(bindings)
    do throws(CELError) {
      return try value.json(limit: environment.limits.output)
    } catch {
      throw error.placed(tree.place)
    }
  }
}
