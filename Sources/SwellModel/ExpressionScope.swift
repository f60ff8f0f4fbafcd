public import CEL

/// What the expressions of a node can see.
public struct ExpressionScope: Sendable, Hashable {
  /// In a map, looked at for each item: `item`, `index`.
  public var hasItem = false
  /// In a loop, looked at for each iteration: `iteration`, `last`.
  public var hasIteration = false
  /// A fallback: `$primaryError`, `$primaryInput`.
  public var isFallback = false
  /// In `onError`: `$error`, `$failedNode`.
  public var isErrorHandler = false

  public init() {}

  /// What every expression sees.
  static let common: [CELVariable] = [
    "input", CELVariable("nodes", .map(.string, .dyn)), CELVariable("run", .map(.string, .dyn)),
    CELVariable("secrets", .map(.string, .string)),
  ]
  static let item: [CELVariable] = ["item", CELVariable("index", .int)]
  static let iteration: [CELVariable] = [CELVariable("iteration", .int), "last"]
  static let fallback: [CELVariable] = ["$primaryError", "$primaryInput"]
  static let errorHandler: [CELVariable] = ["$error", CELVariable("$failedNode", .dyn)]

  /// The environment that its expressions are compiled in.
  public var environment: CELEnvironment {
    CELEnvironment(
      Self.common + (hasItem ? Self.item : []) + (hasIteration ? Self.iteration : [])
        + (isFallback ? Self.fallback : []) + (isErrorHandler ? Self.errorHandler : []))
  }

  /// Where a variable can be used that this scope does not have.
  static func home(of name: String) -> String? {
    if item.contains(where: { $0.name == name }) { return "in a node with 'map'" }
    if iteration.contains(where: { $0.name == name }) { return "in a node with 'loop'" }
    if fallback.contains(where: { $0.name == name }) { return "in a node that is a fallback" }
    if errorHandler.contains(where: { $0.name == name }) { return "in the nodes of onError" }
    return nil
  }
}
