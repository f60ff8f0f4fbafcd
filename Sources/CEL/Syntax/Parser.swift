/// Reads an expression into a tree, or says the first thing that is wrong with it.
struct Parser {
  private(set) var lexer: Lexer
  private(set) var current: Token
  private let maxDepth: Int
  let hasMacros: Bool
  private var depth = 0

  init(_ lexer: Lexer, limits: CELLimits, hasMacros: Bool = true) throws(CELError) {
    self.lexer = lexer
    maxDepth = max(1, min(limits.depth, 250))
    self.hasMacros = hasMacros
    current = try self.lexer.next()
  }

  /// The whole text as one expression.
  mutating func parse() throws(CELError) -> Syntax {
    let tree = try expression()
    guard current.kind == .end else {
      throw syntax("expected an operator or the end of the expression, found \(found)")
    }
    return tree
  }

  /// One expression of a template, up to the `}}` that closes it.
  mutating func parse(inTemplateFrom opening: CELPlace) throws(CELError) -> Syntax {
    let isEmpty = current.kind == .rightBrace && lexer.peek() == 0x7D
    guard !isEmpty else { throw syntax("expected an expression between '${{' and '}}'") }
    let tree = try expression()
    guard current.kind == .rightBrace, lexer.peek() == 0x7D else {
      let code: CELError.Code = current.kind == .end ? .unclosedExpression : .syntax
      throw CELError(
        code,
        "expected an operator or '}}' to close the '${{' at column \(opening.column), found "
          + found, at: current.place)
    }
    return tree
  }

  mutating func advance() throws(CELError) { current = try lexer.next() }

  mutating func take(_ kind: Token.Kind) throws(CELError) -> Bool {
    guard current.kind == kind else { return false }
    try advance()
    return true
  }

  /// - Parameter context: what is expected and why, such as `')' to close the list`.
  mutating func expect(_ kind: Token.Kind, _ context: @autoclosure () -> String) throws(CELError) {
    guard try take(kind) else { throw syntax("expected \(context()), found \(found)") }
  }

  func syntax(_ message: String) -> CELError { CELError(.syntax, message, at: current.place) }

  var text: String { lexer.text(current.range) }

  /// The current token, for a message.
  var found: String {
    if current.kind == .end { return "the end of the expression" }
    return "'\(text.prefix(40))'"
  }

  func make(_ kind: Syntax.Kind, at place: CELPlace) throws(CELError) -> Syntax {
    let node = Syntax(kind, at: place)
    guard node.height <= maxDepth else { throw tooDeep(place) }
    return node
  }

  private func tooDeep(_ place: CELPlace) -> CELError {
    CELError(.tooDeep, "the expression nests deeper than \(maxDepth) levels", at: place)
  }

  mutating func expression() throws(CELError) -> Syntax {
    depth += 1
    defer { depth -= 1 }
    guard depth <= maxDepth else { throw tooDeep(current.place) }
    let condition = try operation()
    let place = current.place
    guard try take(.question) else { return condition }
    let then = try operation()
    try expect(.colon, "':' of the condition whose '?' is at column \(place.column)")
    let otherwise = try expression()
    return try make(.conditional(condition, then: then, otherwise: otherwise), at: place)
  }

  /// Operands with the operators between them; those that bind more tightly first.
  private mutating func operation() throws(CELError) -> Syntax {
    var operands = [try unary()]
    var operators: [(kind: Token.Kind, place: CELPlace)] = []
    while let level = Self.level(current.kind) {
      while let last = operators.last, let before = Self.level(last.kind), before >= level {
        try reduce(&operands, &operators)
      }
      operators.append((current.kind, current.place))
      try advance()
      operands.append(try unary())
    }
    while !operators.isEmpty { try reduce(&operands, &operators) }
    return operands[0]
  }

  private static func level(_ kind: Token.Kind) -> Int? {
    switch kind {
    case .or: 1
    case .and: 2
    case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual, .inside: 3
    case .plus, .minus: 4
    case .times, .over, .percent: 5
    default: nil
    }
  }

  private static func operation(_ kind: Token.Kind) -> Operator? {
    switch kind {
    case .plus: .add
    case .minus: .subtract
    case .times: .multiply
    case .over: .divide
    case .percent: .modulo
    case .equal: .equal
    case .unequal: .unequal
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .inside: .inside
    default: nil
    }
  }

  private func reduce(
    _ operands: inout [Syntax], _ operators: inout [(kind: Token.Kind, place: CELPlace)]
  ) throws(CELError) {
    guard let (kind, place) = operators.popLast(), let right = operands.popLast(),
      let left = operands.popLast()
    else { return }
    if let operation = Self.operation(kind) {
      operands.append(try make(.binary(operation, left, right), at: place))
      return
    }
    // Long chains stay flat.
    let isAnd = kind == .and
    if case .logical(isAnd, let parts) = left.kind {
      operands.append(try make(.logical(isAnd: isAnd, parts + [right]), at: left.place))
    } else {
      operands.append(try make(.logical(isAnd: isAnd, [left, right]), at: place))
    }
  }

  private mutating func unary() throws(CELError) -> Syntax {
    let place = current.place
    let kind = current.kind
    guard kind == .not || kind == .minus else { return try member() }
    var count = 0
    while current.kind == kind {
      count += 1
      try advance()
    }
    // The sign right before a number belongs to it.
    if kind == .minus, current.kind == .int || current.kind == .double {
      count -= 1
      guard count > 0 else { return try member(isNegative: true, from: place) }
    }
    var node =
      kind == .minus && (current.kind == .int || current.kind == .double)
      ? try member(isNegative: true, from: place) : try member()
    // Two in a row cancel each other out, but the operand must suit them.
    for _ in 0..<(count % 2 == 1 ? 1 : 2) {
      node = try make(kind == .not ? .not(node) : .negate(node), at: place)
    }
    return node
  }
}
