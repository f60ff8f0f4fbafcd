/// Makes the nodes that are evaluated of the parsed tree.
struct Compiler {
  let names: Names
  let limits: CELLimits
  private(set) var problems: [CELError] = []
  /// How many slots local variables need.
  private(set) var localCount = 0
  var patterns: [ObjectIdentifier: LinearRegex] = [:]
  var scope: [(name: String, slot: Int)] = []

  init(_ environment: CELEnvironment) {
    names = Names(environment)
    limits = environment.limits
  }

  mutating func problem(_ error: CELError) { problems.append(error) }

  @inline(never)
  mutating func compile(_ node: Syntax) -> any Node {
    // This frame is on the stack once for every level, so that nothing is taken out here.
    switch node.tag {
    case .literal: return literal(node)
    case .name, .select: return name(node)
    case .has: return has(node)
    case .index: return index(node)
    case .call: return call(node)
    case .negate: return negate(node)
    case .not: return not(node)
    case .binary: return binary(node)
    case .logical: return logical(node)
    case .conditional: return conditional(node)
    case .list: return list(node)
    case .map: return map(node)
    case .loop: return loop(node)
    case .bind: return bind(node)
    case .optionalMap: return optionalMap(node)
    }
  }

  /// Steps of a node and what is in it; the bodies of loops count when they run.
  static func cost(of node: Syntax) -> Int {
    var cost = 0
    var left = [node]
    while let node = left.popLast() {
      cost += 1
      if case .loop(let loop) = node.kind {
        left.append(loop.range)
      } else {
        node.kind.forEachChild { left.append($0) }
      }
    }
    return cost
  }

  func slot(of name: String) -> Int? { scope.last { $0.name == name }?.slot }

  /// A slot for a variable, which has its name until `scope` loses it again.
  mutating func declare(_ name: String) -> Int {
    scope.append((name, localCount))
    localCount += 1
    return localCount - 1
  }

  private func literal(_ node: Syntax) -> any Node {
    guard case .literal(let value) = node.kind else { return LiteralNode(.null) }
    return LiteralNode(value)
  }

  private mutating func name(_ node: Syntax) -> any Node {
    if let whole = meaning(node) { return whole }
    guard case .select(let operand, let field, let isOptional) = node.kind else {
      return LiteralNode(.null)
    }
    return SelectNode(compile(operand), field, isOptional: isOptional, place: node.place)
  }

  /// What a whole dotted name stands for; nil when it is a selection.
  private func meaning(_ node: Syntax) -> (any Node)? {
    guard let (parts, isAbsolute) = node.qualifiedName else { return nil }
    if !isAbsolute, let slot = slot(of: parts[0]) {
      return parts.count == 1 ? LocalNode(slot: slot) : nil
    }
    guard let (meaning, count) = names.resolve(parts, isAbsolute: isAbsolute) else {
      if parts.count > 1 { return nil }
      return ErrorNode(
        CELError(.unknownVariable, "unknown variable '\(parts[0])'", at: node.place))
    }
    guard count == parts.count else { return nil }
    switch meaning {
    case .variable(let slot, _):
      return VariableNode(slot: slot, name: parts.joined(separator: "."), place: node.place)
    case .type(let type): return LiteralNode(.type(type))
    }
  }
}
