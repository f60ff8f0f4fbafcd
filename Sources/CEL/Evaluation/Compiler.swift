/// Makes the nodes that are evaluated of the parsed tree.
struct Compiler {
  let names: Names
  let limits: CELLimits
  private(set) var problems: [CELError] = []
  /// How many slots local variables need.
  private(set) var localCount = 0
  var scope: [(name: String, slot: Int)] = []

  init(_ environment: CELEnvironment) {
    names = Names(environment)
    limits = environment.limits
  }

  mutating func problem(_ error: CELError) { problems.append(error) }

  mutating func compile(_ node: Syntax) -> any Node {
    switch node.kind {
    case .literal(let value): return LiteralNode(value)
    case .name, .select: return name(node)
    case .has(let operand, let field, _):
      return HasNode(compile(operand), field, place: node.place)
    case .index(let operand, let index, let isOptional):
      return self.index(operand, index, isOptional, at: node.place)
    case .call: return call(node)
    case .negate(let operand): return NegateNode(compile(operand), place: node.place)
    case .not(let operand): return NotNode(compile(operand), place: node.place)
    case .binary: return binary(node)
    case .logical(let isAnd, let operands):
      return LogicNode(isAnd: isAnd, operands.map { compile($0) }, places: operands.map(\.place))
    case .conditional(let condition, let then, let otherwise):
      return ConditionalNode(
        compile(condition), then: compile(then), otherwise: compile(otherwise), place: node.place)
    case .list(let elements): return list(elements, at: node.place)
    case .map(let entries): return map(entries, at: node.place)
    case .loop(let loop): return self.loop(loop, at: node.place)
    case .bind, .optionalMap: return bind(node)
    }
  }

  /// Steps of a node and what is in it; the bodies of loops count when they run.
  static func cost(of node: Syntax) -> Int {
    if case .loop(let loop) = node.kind { return 1 + cost(of: loop.range) }
    var cost = 1
    node.forEachChild { cost += self.cost(of: $0) }
    return cost
  }

  func slot(of name: String) -> Int? { scope.last { $0.name == name }?.slot }

  /// A slot for a variable, which has its name until `scope` loses it again.
  mutating func declare(_ name: String) -> Int {
    scope.append((name, localCount))
    localCount += 1
    return localCount - 1
  }

  private mutating func name(_ node: Syntax) -> any Node {
    if let (parts, isAbsolute) = node.qualifiedName {
      if !isAbsolute, let slot = slot(of: parts[0]) {
        if parts.count == 1 { return LocalNode(slot: slot) }
      } else if let (meaning, count) = names.resolve(parts, isAbsolute: isAbsolute) {
        if count == parts.count {
          switch meaning {
          case .variable(let slot, _):
            return VariableNode(slot: slot, name: parts.joined(separator: "."), place: node.place)
          case .type(let type): return LiteralNode(.type(type))
          }
        }
      } else if parts.count == 1 {
        return ErrorNode(
          CELError(.unknownVariable, "unknown variable '\(parts[0])'", at: node.place))
      }
    }
    guard case .select(let operand, let field, let isOptional) = node.kind else {
      return LiteralNode(.null)
    }
    return SelectNode(compile(operand), field, isOptional: isOptional, place: node.place)
  }

  private mutating func index(
    _ operand: Syntax, _ index: Syntax, _ isOptional: Bool, at place: CELPlace
  ) -> any Node {
    IndexNode(compile(operand), compile(index), isOptional: isOptional, place: place)
  }

  private mutating func binary(_ node: Syntax) -> any Node {
    guard case .binary(let operation, let left, let right) = node.kind else {
      return LiteralNode(.null)
    }
    let a = compile(left)
    let b = compile(right)
    switch operation {
    case .add, .subtract, .multiply, .divide, .modulo:
      return ArithmeticNode(operation, a, b, place: node.place)
    case .equal, .unequal:
      return EqualityNode(a, b, isNegated: operation == .unequal, place: node.place)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return OrderNode(operation, a, b, place: node.place)
    case .inside: return InsideNode(a, b, place: node.place)
    }
  }
}
