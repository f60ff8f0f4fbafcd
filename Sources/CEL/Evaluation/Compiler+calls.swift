extension Compiler {
  /// What a call names, once its target is known to be a value or a namespace.
  ///
  /// A class, so that it takes little of the stack at every level.
  private final class Callee {
    let name: String
    let isMember: Bool
    /// The receiver, if there is one, and the arguments.
    let operands: [Syntax]

    init(name: String, isMember: Bool, operands: [Syntax]) {
      self.name = name
      self.isMember = isMember
      self.operands = operands
    }
  }

  mutating func call(_ node: Syntax) -> any Node {
    let callee = callee(node)
    if let match = match(callee) {
      return MatchNode(compile(callee.operands[0]), match, place: node.place)
    }
    var nodes: [any Node] = []
    for operand in callee.operands { nodes.append(compile(operand)) }
    return link(callee, nodes, at: node.place)
  }

  private func callee(_ node: Syntax) -> Callee {
    guard case .call(let name, let target, let arguments) = node.kind else {
      return Callee(name: "", isMember: false, operands: [])
    }
    guard let target else { return Callee(name: name, isMember: false, operands: arguments) }
    let full = names.function(target, name) { slot(of: $0) != nil }
    return full.map { Callee(name: $0, isMember: false, operands: arguments) }
      ?? Callee(name: name, isMember: true, operands: [target] + arguments)
  }

  private func link(_ callee: Callee, _ nodes: [any Node], at place: CELPlace) -> any Node {
    let name = callee.name
    let isMember = callee.isMember
    if isMember, name == "or" || name == "orValue", nodes.count == 2 {
      return OptionalOrNode(nodes[0], nodes[1], unwraps: name == "orValue", place: place)
    }
    let named = (FunctionTable.functions[name] ?? []).filter { $0.isMember == isMember }
    if let function = named.first(where: { $0.takes(nodes.count) }) {
      return CallNode(function, nodes, place: place)
    }
    let what = isMember ? "method" : "function"
    let count = nodes.count - (isMember ? 1 : 0)
    return ErrorNode(
      named.isEmpty
        ? CELError(.unknownFunction, "unknown \(what) '\(name)'", at: place)
        : CELError(.argumentCount, "'\(name)' does not take \(count) arguments", at: place))
  }

  /// The pattern of a call of `matches` that is known already.
  private func match(_ callee: Callee) -> LinearRegex? {
    guard callee.name == "matches", callee.operands.count == 2 else { return nil }
    return patterns[ObjectIdentifier(callee.operands[1])]
  }

  /// Compiles the patterns that are literals, before there is any depth.
  mutating func compilePatterns(of tree: Syntax) {
    var left = [tree]
    while let node = left.popLast() {
      node.kind.forEachChild { left.append($0) }
      guard case .call("matches", _, let arguments) = node.kind, let last = arguments.last,
        case .literal(.string(let pattern)) = last.kind
      else { continue }
      do throws(CELError) {
        patterns[ObjectIdentifier(last)] = try LinearRegex(
          pattern.description, limit: limits.regex)
      } catch {
        problem(error.placed(last.place))
      }
    }
  }
}
