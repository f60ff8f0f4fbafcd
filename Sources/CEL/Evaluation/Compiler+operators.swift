extension Compiler {
  mutating func has(_ node: Syntax) -> any Node {
    guard case .has(let operand, let field, _) = node.kind else { return LiteralNode(.null) }
    return HasNode(compile(operand), field, place: node.place)
  }

  mutating func index(_ node: Syntax) -> any Node {
    guard case .index(let operand, let index, let isOptional) = node.kind else {
      return LiteralNode(.null)
    }
    let range = compile(operand)
    return IndexNode(range, compile(index), isOptional: isOptional, place: node.place)
  }

  mutating func negate(_ node: Syntax) -> any Node {
    guard case .negate(let operand) = node.kind else { return LiteralNode(.null) }
    return NegateNode(compile(operand), place: node.place)
  }

  mutating func not(_ node: Syntax) -> any Node {
    guard case .not(let operand) = node.kind else { return LiteralNode(.null) }
    return NotNode(compile(operand), place: node.place)
  }

  mutating func logical(_ node: Syntax) -> any Node {
    guard case .logical(let isAnd, let operands) = node.kind else { return LiteralNode(.null) }
    return LogicNode(isAnd: isAnd, operands.map { compile($0) }, places: operands.map(\.place))
  }

  mutating func conditional(_ node: Syntax) -> any Node {
    guard case .conditional(let condition, let then, let otherwise) = node.kind else {
      return LiteralNode(.null)
    }
    let test = compile(condition)
    let yes = compile(then)
    return ConditionalNode(test, then: yes, otherwise: compile(otherwise), place: node.place)
  }

  mutating func binary(_ node: Syntax) -> any Node {
    guard case .binary(let operation, let left, let right) = node.kind else {
      return LiteralNode(.null)
    }
    let a = compile(left)
    return self.operation(operation, a, compile(right), at: node.place)
  }

  private func operation(
    _ operation: Operator, _ a: any Node, _ b: any Node, at place: CELPlace
  ) -> any Node {
    switch operation {
    case .add, .subtract, .multiply, .divide, .modulo:
      ArithmeticNode(operation, a, b, place: place)
    case .equal, .unequal:
      EqualityNode(a, b, isNegated: operation == .unequal, place: place)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      OrderNode(operation, a, b, place: place)
    case .inside: InsideNode(a, b, place: place)
    }
  }
}
