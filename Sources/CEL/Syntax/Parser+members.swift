extension Parser {
  /// A primary with all that is selected from it.
  mutating func member(
    isNegative: Bool = false, from start: CELPlace? = nil
  ) throws(CELError) -> Syntax {
    var node = try primary(isNegative: isNegative, from: start)
    while true {
      switch current.kind {
      case .dot: node = try selection(from: node)
      case .leftBracket: node = try subscripted(node)
      case .leftBrace where node.qualifiedName != nil:
        throw syntax("messages cannot be made here; a map is written {'key': value}")
      default: return node
      }
    }
  }

  private mutating func selection(from node: Syntax) throws(CELError) -> Syntax {
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
      let arguments = try arguments(of: name, at: place)
      return try call(name, target: node, arguments, at: place)
    }
    return try make(.select(node, field: name, isOptional: isOptional), at: place)
  }

  private mutating func subscripted(_ node: Syntax) throws(CELError) -> Syntax {
    let place = current.place
    try advance()
    let isOptional = try take(.question)
    let index = try expression()
    try expect(
      .rightBracket, "']' to close the index that began at column \(place.column)")
    return try make(.index(node, index, isOptional: isOptional), at: place)
  }

  private mutating func arguments(
    of name: String, at place: CELPlace
  ) throws(CELError) -> [Syntax] {
    try advance()
    var arguments: [Syntax] = []
    if try take(.rightParenthesis) { return arguments }
    repeat { arguments.append(try expression()) } while try take(.comma)
    try expect(
      .rightParenthesis,
      "',' or ')' to close the call of '\(name)' that began at column \(place.column)")
    return arguments
  }

  private mutating func primary(
    isNegative: Bool, from start: CELPlace?
  ) throws(CELError) -> Syntax {
    let place = start ?? current.place
    switch current.kind {
    case .int, .uint, .double:
      let value = try number(isNegative: isNegative, at: place)
      try advance()
      return Syntax(.literal(value), at: place)
    case .string, .bytes:
      let literal = try StringLiteral.decode(lexer.bytes[current.range], at: place)
      try advance()
      return Syntax(
        .literal(
          literal.isBytes ? .bytes(literal.content) : .string(CELString(utf8: literal.content))),
        at: place)
    case .leftParenthesis:
      try advance()
      let node = try expression()
      try expect(
        .rightParenthesis, "')' to close the '(' at column \(place.column)")
      return node
    case .leftBracket: return try list(at: place)
    case .leftBrace: return try map(at: place)
    case .name: return try named(isAbsolute: false)
    case .dot:
      try advance()
      guard current.kind == .name else {
        throw syntax("expected a name after '.', found \(found)")
      }
      return try named(isAbsolute: true)
    case .end:
      throw syntax("expected an expression, found the end")
    case .quotedName:
      throw syntax("a name in backticks can only be a field, as in a.`some-name`")
    default:
      throw syntax("expected an expression, found \(found)")
    }
  }

  private static let reserved: Set<String> = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
    "namespace", "package", "return", "var", "void", "while",
  ]

  private mutating func named(isAbsolute: Bool) throws(CELError) -> Syntax {
    let name = text
    let place = current.place
    switch name {
    case "true", "false", "null":
      guard !isAbsolute else { throw syntax("expected a name after '.', found '\(name)'") }
      try advance()
      return Syntax(.literal(name == "null" ? .null : .bool(name == "true")), at: place)
    case _ where Self.reserved.contains(name):
      throw syntax("'\(name)' is a reserved word and cannot be the name of a variable")
    default: break
    }
    try advance()
    guard current.kind == .leftParenthesis else {
      return Syntax(.name(name, isAbsolute: isAbsolute), at: place)
    }
    let arguments = try arguments(of: name, at: place)
    return try call(name, target: nil, arguments, at: place)
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

  private mutating func list(at place: CELPlace) throws(CELError) -> Syntax {
    try advance()
    var elements: [Syntax.Element] = []
    while current.kind != .rightBracket {
      let isOptional = try take(.question)
      elements.append(Syntax.Element(value: try expression(), isOptional: isOptional))
      guard try take(.comma) else { break }
    }
    try expect(
      .rightBracket, "',' or ']' to close the list that began at column \(place.column)")
    return try make(.list(elements), at: place)
  }

  private mutating func map(at place: CELPlace) throws(CELError) -> Syntax {
    try advance()
    var entries: [Syntax.Entry] = []
    while current.kind != .rightBrace {
      let isOptional = try take(.question)
      let key = try expression()
      try expect(.colon, "':' after the key of the map that began at column \(place.column)")
      entries.append(Syntax.Entry(key: key, value: try expression(), isOptional: isOptional))
      guard try take(.comma) else { break }
    }
    try expect(
      .rightBrace, "',' or '}' to close the map that began at column \(place.column)")
    return try make(.map(entries), at: place)
  }
}
