/// A compiled expression: can be evaluated any number of times, from anywhere.
public struct CELExpression: Sendable {
  /// All of it in one place, so that a copy of an expression is one of a pointer.
  private final class Storage: Sendable {
    let node: any Node
    let tree: Syntax
    let type: CELType
    let locals: Int
    let cost: Int
    let environment: CELEnvironment

    init(
      _ node: any Node, _ tree: Syntax, _ type: CELType, locals: Int, environment: CELEnvironment
    ) {
      self.node = node
      self.tree = tree
      self.type = type
      self.locals = locals
      self.environment = environment
      cost = Compiler.cost(of: tree)
    }
  }

  private let storage: Storage

  init(
    _ node: any Node, _ tree: Syntax, _ type: CELType, locals: Int, environment: CELEnvironment
  ) {
    storage = Storage(node, tree, type, locals: locals, environment: environment)
  }

  /// The type of its values, as far as it is known.
  public var type: CELType { storage.type }

  /// Where it is in its text, for errors about the whole.
  var place: CELPlace { storage.tree.place }

  var tree: Syntax { storage.tree }

  /// - Throws: the `CELError` that ended the evaluation, with its place.
  public func evaluate(_ bindings: CELBindings) throws(CELError) -> CELValue {
    let environment = storage.environment
    var evaluation = Evaluation(
      bindings, limits: environment.limits, promotes: environment.options.promotesNumbers)
    return try evaluate(&evaluation)
  }

  /// As one of several expressions under the same budget.
  func evaluate(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    if storage.locals > 0 { evaluation.reserveLocals(storage.locals) }
    try evaluation.spend(storage.cost, at: place)
    return try storage.node.value(&evaluation)
  }

  /// The value as JSON; what is a part of a document is copied as it stands there.
  ///
  /// - Throws: the `CELError` that ended the evaluation, with its place.
  public func evaluateJSON(_ bindings: CELBindings) throws(CELError) -> [UInt8] {
    let value = try evaluate(bindings)
    do throws(CELError) {
      return try value.json(limit: storage.environment.limits.output)
    } catch {
      throw error.placed(place)
    }
  }
}
