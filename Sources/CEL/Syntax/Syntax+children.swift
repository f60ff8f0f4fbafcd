extension Syntax.Kind {
  func forEachChild(_ body: (Syntax) -> Void) {
    switch self {
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
}
