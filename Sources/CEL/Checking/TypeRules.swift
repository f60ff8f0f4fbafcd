/// How types go together.
enum TypeRules {
  /// The type of what is of one of two types.
  static func join(_ a: CELType, _ b: CELType) -> CELType {
    if a == b { return a }
    switch (a, b) {
    case (.list(let a), .list(let b)): return .list(join(a, b))
    case (.map(let k1, let v1), .map(let k2, let v2)): return .map(join(k1, k2), join(v1, v2))
    case (.optional(let a), .optional(let b)): return .optional(join(a, b))
    default: return .dyn
    }
  }

  /// Whether values of two types can be equal.
  static func comparable(_ a: CELType, _ b: CELType) -> Bool {
    switch (a, b) {
    case (.dyn, _), (_, .dyn), (.null, _), (_, .null), (.parameter, _), (_, .parameter): true
    case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)): comparable(a, b)
    case (.map(let k1, let v1), .map(let k2, let v2)): comparable(k1, k2) && comparable(v1, v2)
    default: a == b || a.isNumber && b.isNumber
    }
  }

  /// Whether a value fits a parameter; binds the types that the signature leaves open.
  static func fits(
    _ actual: CELType, _ expected: CELType, _ open: inout [String: CELType]
  ) -> Bool {
    switch (actual, expected) {
    case (_, .dyn): return true
    case (_, .parameter(let name)):
      open[name] = open[name].map { join($0, actual) } ?? actual
      return true
    case (.dyn, _): return true
    case (.list(let a), .list(let e)), (.optional(let a), .optional(let e)):
      return fits(a, e, &open)
    case (.map(let k1, let v1), .map(let k2, let v2)):
      return fits(k1, k2, &open) && fits(v1, v2, &open)
    default: return actual == expected
    }
  }

  static func filled(_ type: CELType, _ open: [String: CELType]) -> CELType {
    switch type {
    case .parameter(let name): open[name] ?? .dyn
    case .list(let element): .list(filled(element, open))
    case .optional(let content): .optional(filled(content, open))
    case .map(let key, let value): .map(filled(key, open), filled(value, open))
    default: type
    }
  }

  /// What an operator that computes gives; nil when it does not take these types.
  static func arithmetic(
    _ operation: Operator, _ a: CELType, _ b: CELType, promotes: Bool
  ) -> CELType? {
    let adds = operation == .add
    let moves = adds || operation == .subtract
    switch (a, b) {
    case (.double, .double): return operation == .modulo ? nil : .double
    case (.int, .int), (.uint, .uint): return a
    case (.string, .string), (.bytes, .bytes): return adds ? a : nil
    case (.list(let a), .list(let b)): return adds ? .list(join(a, b)) : nil
    case (.timestamp, .duration): return moves ? .timestamp : nil
    case (.duration, .timestamp): return adds ? .timestamp : nil
    case (.timestamp, .timestamp): return operation == .subtract ? .duration : nil
    case (.duration, .duration): return moves ? .duration : nil
    case (.double, _) where promotes && b.isNumber, (_, .double) where promotes && a.isNumber:
      return operation == .modulo ? nil : .double
    case (.dyn, let known), (let known, .dyn): return halfKnown(operation, known)
    default: return nil
    }
  }

  /// The same when one side may be anything.
  private static func halfKnown(_ operation: Operator, _ known: CELType) -> CELType? {
    switch known {
    case .dyn, .int, .uint, .double, .parameter: return .dyn
    case .timestamp, .duration: return operation == .add || operation == .subtract ? .dyn : nil
    case .string, .bytes: return operation == .add ? known : nil
    case .list: return operation == .add ? .list(.dyn) : nil
    default: return nil
    }
  }

  static func ordered(_ a: CELType, _ b: CELType) -> Bool {
    func hasOrder(_ type: CELType) -> Bool {
      switch type {
      case .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .dyn, .parameter:
        true
      default: false
      }
    }
    guard hasOrder(a), hasOrder(b) else { return false }
    return comparable(a, b)
  }
}
