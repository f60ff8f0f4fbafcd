/// A node of the parsed expression.
struct Syntax: Sendable {
  indirect enum Kind: Sendable {
    case literal(CELValue)
    /// A name; an absolute one begins with a dot, and is never a local variable.
    case name(String, isAbsolute: Bool)
    case select(Syntax, field: String, isOptional: Bool)
    case has(Syntax, field: String, isOptional: Bool)
    case index(Syntax, Syntax, isOptional: Bool)
    case call(String, target: Syntax?, [Syntax])
    case negate(Syntax)
    case not(Syntax)
    case binary(Operator, Syntax, Syntax)
    /// `&&` or `||` of two or more.
    case logical(isAnd: Bool, [Syntax])
    case conditional(Syntax, then: Syntax, otherwise: Syntax)
    case list([Element])
    case map([Entry])
    case loop(Loop)
    case bind(String, Syntax, body: Syntax)
    /// `target.optMap(name, body)`, or `optFlatMap`.
    case optionalMap(Syntax, name: String, body: Syntax, isFlat: Bool)
  }

  struct Element: Sendable {
    var value: Syntax
    var isOptional: Bool
  }

  struct Entry: Sendable {
    var key: Syntax
    var value: Syntax
    var isOptional: Bool
  }

  /// A macro that goes over a list or a map.
  struct Loop: Sendable {
    enum Kind: Sendable {
      case all, exists, existsOne, map, filter, transformList, transformMap, transformMapEntry,
        sortBy
    }

    var kind: Kind
    var range: Syntax
    /// One name: element or key; two: index and element, or key and value.
    var names: [String]
    var filter: Syntax?
    var body: Syntax
  }

  var kind: Kind
  var place: CELPlace
  /// Levels of nodes from here down.
  var height: Int

  init(_ kind: Kind, at place: CELPlace) {
    self.kind = kind
    self.place = place
    height = 1
    forEachChild { height = max(height, $0.height + 1) }
  }

  func forEachChild(_ body: (Syntax) -> Void) {
    switch kind {
    case .literal, .name: break
    case .select(let operand, _, _), .has(let operand, _, _), .negate(let operand),
      .not(let operand):
      body(operand)
    case .index(let left, let right, _), .binary(_, let left, let right),
      .bind(_, let left, let right), .optionalMap(let left, _, let right, _):
      body(left)
      body(right)
    case .call(_, let target, let arguments):
      if let target { body(target) }
      arguments.forEach(body)
    case .logical(_, let operands): operands.forEach(body)
    case .conditional(let condition, let then, let otherwise):
      body(condition)
      body(then)
      body(otherwise)
    case .list(let elements): for element in elements { body(element.value) }
    case .map(let entries):
      for entry in entries {
        body(entry.key)
        body(entry.value)
      }
    case .loop(let loop):
      body(loop.range)
      if let filter = loop.filter { body(filter) }
      body(loop.body)
    }
  }

  /// The dotted name that this is, if it is one: `a`, `a.b.c`, `.a.b`.
  var qualifiedName: (parts: [String], isAbsolute: Bool)? {
    var parts: [String] = []
    var node = self
    while true {
      switch node.kind {
      case .name(let name, let isAbsolute):
        parts.append(name)
        return (parts.reversed(), isAbsolute)
      case .select(let operand, let field, isOptional: false):
        parts.append(field)
        node = operand
      default: return nil
      }
    }
  }
}
