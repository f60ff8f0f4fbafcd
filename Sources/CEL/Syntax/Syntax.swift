/// A node of the parsed expression.
///
/// A class, so that what is on the stack for every level of nesting is a pointer.
final class Syntax: Sendable {
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

  /// Which kind a node is of, without what it has: what to switch over where every level of
  /// nesting has a frame on the stack.
  enum Tag: Sendable {
    case literal, name, select, has, index, call, negate, not, binary, logical, conditional, list,
      map, loop, bind, optionalMap
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

    let kind: Kind
    var range: Syntax
    /// One name: element or key; two: index and element, or key and value.
    var names: [String]
    var filter: Syntax?
    var body: Syntax
  }

  let kind: Kind
  let tag: Tag
  let place: CELPlace
  /// Levels of nodes from here down.
  let height: Int

  init(_ kind: Kind, at place: CELPlace) {
    self.kind = kind
    self.place = place
    tag = kind.tag
    var height = 1
    kind.forEachChild { height = max(height, $0.height + 1) }
    self.height = height
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
