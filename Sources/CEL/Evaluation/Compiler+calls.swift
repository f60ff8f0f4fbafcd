extension Compiler {
  mutating func call(_ node: Syntax) -> any Node {
    guard case .call(let name, let target, let arguments) = node.kind else {
      return LiteralNode(.null)
    }
    guard let target else {
      return function(name, isMember: false, nil, arguments, at: node.place)
    }
    let scope = scope
    if let full = names.function(target, name, isLocal: { name in scope.contains { $0.name == name } })
    {
      return function(full, isMember: false, nil, arguments, at: node.place)
    }
    return function(name, isMember: true, target, arguments, at: node.place)
  }

  private mutating func function(
    _ name: String, isMember: Bool, _ target: Syntax?, _ arguments: [Syntax], at place: CELPlace
  ) -> any Node {
    let operands = (target.map { [$0] } ?? []) + arguments
    if name == "matches", operands.count == 2, case .literal(.string(let pattern)) = operands[1].kind
    {
      return match(operands[0], pattern, at: place, patternAt: operands[1].place)
    }
    let nodes = operands.map { compile($0) }
    if isMember, name == "or" || name == "orValue", nodes.count == 2 {
      return OptionalOrNode(nodes[0], nodes[1], unwraps: name == "orValue", place: place)
    }
    let named = (FunctionTable.functions[name] ?? []).filter { $0.isMember == isMember }
    if let function = named.first(where: { $0.takes(nodes.count) }) {
      return CallNode(function, nodes, place: place)
    }
    let what = isMember ? "method" : "function"
    let error =
      named.isEmpty
      ? CELError(.unknownFunction, "unknown \(what) '\(name)'", at: place)
      : CELError(
        .argumentCount, "'\(name)' does not take \(arguments.count) arguments", at: place)
    return ErrorNode(error)
  }

  private mutating func match(
    _ text: Syntax, _ pattern: CELString, at place: CELPlace, patternAt: CELPlace
  ) -> any Node {
    let node = compile(text)
    do throws(CELError) {
      let regex = try LinearRegex(pattern.description, limit: limits.regex)
      return MatchNode(node, regex, place: place)
    } catch {
      problem(error.placed(patternAt))
      return ErrorNode(error.placed(patternAt))
    }
  }
}
