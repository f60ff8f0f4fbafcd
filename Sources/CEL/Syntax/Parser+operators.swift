extension Parser {
  /// After a complete operand: an operator between two, a condition, or the end of what is open.
  mutating func operation() throws(CELError) -> State {
    if let level = PendingOperator.level(current.kind) {
      // A chain of `&&` or `||` becomes one node, once it is complete.
      let isLogical = current.kind == .and || current.kind == .or
      try reduce(to: isLogical ? level + 1 : level)
      operators.append(
        PendingOperator(kind: current.kind, place: current.place, isPrefix: false))
      try advance()
      return .operand
    }
    try reduce(to: 0)
    guard let node = operands.popLast() else { throw syntax("expected an expression") }
    if current.kind == .question, !isThen {
      let place = current.place
      try advance()
      try begin(.then(condition: node), at: place)
      return .operand
    }
    return try close(node)
  }

  /// Whether the innermost open thing is what stands between `?` and `:`.
  private var isThen: Bool {
    if case .then = open.last?.kind { return true }
    return false
  }

  /// `!` and `-` before an operand; two in a row cancel each other out.
  mutating func prefix() throws(CELError) {
    let place = current.place
    let kind = current.kind
    var count = 0
    while current.kind == kind {
      count += 1
      try advance()
    }
    let isNumber = current.kind == .int || current.kind == .double
    if kind == .minus, isNumber {
      // The sign right before a number belongs to it.
      negatedFrom = place
      count -= 1
      if count == 0 { return }
    }
    // The operand must suit even those that cancel each other out.
    for _ in 0..<(count % 2 == 1 ? 1 : 2) {
      operators.append(PendingOperator(kind: kind, place: place, isPrefix: true))
    }
  }

  /// Puts together what binds at least as tightly as a level, within what is open.
  private mutating func reduce(to level: Int) throws(CELError) {
    let first = open.last?.firstOperator ?? 0
    while operators.count > first, let last = operators.last, last.level >= max(level, 1) {
      operators.removeLast()
      if !last.isPrefix, last.kind == .and || last.kind == .or {
        try reduceChain(last, from: first)
      } else {
        try reduce(last)
      }
    }
  }

  private mutating func reduce(_ pending: PendingOperator) throws(CELError) {
    guard let right = operands.popLast() else { return }
    if pending.isPrefix {
      operands.append(
        try make(pending.kind == .not ? .not(right) : .negate(right), at: pending.place))
      return
    }
    guard let left = operands.popLast(), let operation = pending.operation else { return }
    operands.append(try make(.binary(operation, left, right), at: pending.place))
  }

  private mutating func reduceChain(
    _ last: PendingOperator, from first: Int
  ) throws(CELError) {
    var count = 2
    var place = last.place
    while operators.count > first, let other = operators.last, other.kind == last.kind {
      operators.removeLast()
      place = other.place
      count += 1
    }
    let parts = Array(operands.suffix(count))
    operands.removeLast(min(count, operands.count))
    operands.append(try make(.logical(isAnd: last.kind == .and, parts), at: place))
  }
}
