extension Parser {
  /// The beginning of an operand.
  mutating func operand() throws(CELError) -> State {
    negatedFrom = nil
    if current.kind == .not || current.kind == .minus { try prefix() }
    let place = negatedFrom ?? current.place
    switch current.kind {
    case .not, .minus: return .operand
    case .int, .uint, .double:
      let value = try number(isNegative: negatedFrom != nil, at: place)
      try advance()
      return .member(Syntax(.literal(value), at: place))
    case .string, .bytes:
      let literal = try StringLiteral.decode(lexer.bytes[current.range], at: place)
      try advance()
      return .member(Syntax(.literal(literal), at: place))
    case .leftParenthesis:
      try advance()
      try begin(.group, at: place)
      return .operand
    case .leftBracket:
      try advance()
      try begin(.list, at: place)
      return try list(place)
    case .leftBrace:
      try advance()
      try begin(.map, at: place)
      return try map(place)
    case .name: return try named(isAbsolute: false)
    case .dot:
      try advance()
      guard current.kind == .name else {
        throw syntax("expected a name after '.', found \(found)")
      }
      return try named(isAbsolute: true)
    case .end: throw syntax("expected an expression, found the end")
    case .quotedName:
      throw syntax("a name in backticks can only be a field, as in a.`some-name`")
    default: throw syntax("expected an expression, found \(found)")
    }
  }

  /// What is selected from a value, if anything.
  mutating func member(_ node: Syntax) throws(CELError) -> State {
    switch current.kind {
    case .dot: return try selection(from: node)
    case .leftBracket:
      let place = current.place
      try advance()
      let isOptional = try take(.question)
      try begin(.index(node, isOptional: isOptional), at: place)
      return .operand
    case .leftBrace where node.qualifiedName != nil:
      throw syntax("messages cannot be made here; a map is written {'key': value}")
    default:
      operands.append(node)
      return .operation
    }
  }

  private mutating func selection(from node: Syntax) throws(CELError) -> State {
    try advance()
    let isOptional = try take(.question)
    let place = current.place
    let isQuoted = current.kind == .quotedName
    guard current.kind == .name || current.kind == .inside || isQuoted else {
      throw syntax("expected the name of a field after '.', found \(found)")
    }
    let range = current.range
    let name = lexer.text(isQuoted ? range.lowerBound + 1..<range.upperBound - 1 : range)
    try advance()
    if !isOptional, !isQuoted, current.kind == .leftParenthesis {
      return try beginCall(name, target: node, at: place)
    }
    return .member(try make(.select(node, field: name, isOptional: isOptional), at: place))
  }

  private mutating func beginCall(
    _ name: String, target: Syntax?, at place: CELPlace
  ) throws(CELError) -> State {
    try advance()
    if try take(.rightParenthesis) {
      return .member(try call(name, target: target, [], at: place))
    }
    try begin(.call(name, target: target), at: place)
    return .operand
  }

  private static let reserved: Set<String> = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
    "namespace", "package", "return", "var", "void", "while",
  ]

  private mutating func named(isAbsolute: Bool) throws(CELError) -> State {
    let name = text
    let place = current.place
    switch name {
    case "true", "false", "null":
      guard !isAbsolute else { throw syntax("expected a name after '.', found '\(name)'") }
      try advance()
      return .member(
        Syntax(.literal(name == "null" ? .null : .bool(name == "true")), at: place))
    case _ where Self.reserved.contains(name):
      throw syntax("'\(name)' is a reserved word and cannot be the name of a variable")
    default: break
    }
    try advance()
    if current.kind == .leftParenthesis { return try beginCall(name, target: nil, at: place) }
    return .member(Syntax(.name(name, isAbsolute: isAbsolute), at: place))
  }

  private func number(isNegative: Bool, at place: CELPlace) throws(CELError) -> CELValue {
    var digits = text
    switch current.kind {
    case .double: return .double((Double(digits) ?? 0) * (isNegative ? -1 : 1))
    case .uint: digits.removeLast()
    default: break
    }
    let isHex = digits.hasPrefix("0x") || digits.hasPrefix("0X")
    let body = isHex ? String(digits.dropFirst(2)) : digits
    if current.kind == .uint {
      if let number = UInt64(body, radix: isHex ? 16 : 10) { return .uint(number) }
      throw CELError(.range, "the number is too large for uint, 64 bits", at: place)
    }
    if let number = Int64((isNegative ? "-" : "") + body, radix: isHex ? 16 : 10) {
      return .int(number)
    }
    throw CELError(
      .range, "the number is too large for int, 64 bits; write \(digits).0 for a double", at: place)
  }
}
