/// Cuts an expression into tokens, one at a time.
///
/// It works on the bytes of a whole text and may begin anywhere in it, so that the parts of a
/// template have the places of the template.
struct Lexer {
  let bytes: [UInt8]
  let limit: Int
  private(set) var at: Int
  private var line: Int
  private var column: Int

  /// - Parameters:
  ///   - bytes: the text, which is valid UTF-8.
  ///   - start: the offset to begin at, whose place is `place`.
  ///   - limit: the most scalars that it reads.
  init(_ bytes: [UInt8], from start: Int = 0, at place: CELPlace = .start, limit: Int) {
    self.bytes = bytes
    at = start
    line = place.line
    column = place.column
    self.limit = limit
    scalarsLeft = limit
  }

  private var scalarsLeft: Int

  var place: CELPlace { CELPlace(line: line, column: column) }

  func peek(_ offset: Int = 0) -> UInt8 {
    at + offset < bytes.count ? bytes[at + offset] : 0
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  mutating func next() throws(CELError) -> Token {
    try skipSpace()
    let start = at
    let place = place
    let kind = try kind(at: place)
    return Token(kind: kind, range: start..<at, place: place)
  }

  mutating func step(_ count: Int = 1) throws(CELError) {
    for _ in 0..<count where at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte & 0xC0 == 0x80 { continue }
      scalarsLeft -= 1
      if scalarsLeft < 0 {
        throw CELError(
          .sourceTooLong, "the expression is longer than \(limit) characters", at: place)
      }
      if byte == 0x0A {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
  }

  private mutating func skipSpace() throws(CELError) {
    while at < bytes.count {
      switch bytes[at] {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: try step()
      case 0x2F where peek(1) == 0x2F:
        while at < bytes.count, bytes[at] != 0x0A { try step() }
      default: return
      }
    }
  }

  private mutating func kind(at place: CELPlace) throws(CELError) -> Token.Kind {
    guard at < bytes.count else { return .end }
    let byte = bytes[at]
    switch byte {
    case 0x22, 0x27: return try quoted(prefix: 0, isRaw: false, isBytes: false, at: place)
    case 0x30...0x39: return try number(at: place)
    case 0x2E where peek(1) &- 0x30 < 10: return try number(at: place)
    case 0x60: return try backquoted(at: place)
    case _ where Self.beginsName(byte): return try word(at: place)
    default: break
    }
    let pair = UInt16(byte) << 8 | UInt16(peek(1))
    let double: Token.Kind? =
      switch pair {
      case 0x2626: .and
      case 0x7C7C: .or
      case 0x3D3D: .equal
      case 0x213D: .unequal
      case 0x3C3D: .lessOrEqual
      case 0x3E3D: .greaterOrEqual
      default: nil
      }
    if let double {
      try step(2)
      return double
    }
    guard let kind = Self.symbols[byte] else { throw unexpected(byte, at: place) }
    try step()
    return kind
  }

  private static let symbols: [UInt8: Token.Kind] = [
    0x28: .leftParenthesis, 0x29: .rightParenthesis, 0x5B: .leftBracket, 0x5D: .rightBracket,
    0x7B: .leftBrace, 0x7D: .rightBrace, 0x2E: .dot, 0x2C: .comma, 0x3A: .colon, 0x3F: .question,
    0x2B: .plus, 0x2D: .minus, 0x2A: .times, 0x2F: .over, 0x25: .percent, 0x21: .not,
    0x3C: .less, 0x3E: .greater,
  ]

  private func unexpected(_ byte: UInt8, at place: CELPlace) -> CELError {
    let hint =
      switch byte {
      case 0x3D: "'=' is no operator; write '==' to compare"
      case 0x26: "'&' is no operator; write '&&' for 'and', or math.bitAnd()"
      case 0x7C: "'|' is no operator; write '||' for 'or', or math.bitOr()"
      case 0x5E: "'^' is no operator; write math.bitXor()"
      case 0x3B: "expected an expression, found ';'; there are no statements"
      default:
        "a character that no expression has: '"
          + "\(String(decoding: bytes[at..<min(at + 16, bytes.count)], as: UTF8.self).prefix(1))'"
      }
    return CELError(.syntax, hint, at: place)
  }

  static func beginsName(_ byte: UInt8) -> Bool {
    // `$` begins names that the host gives.
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x24
  }

  static func continuesName(_ byte: UInt8) -> Bool {
    byte != 0x24 && (beginsName(byte) || (0x30...0x39).contains(byte))
  }

  private mutating func word(at place: CELPlace) throws(CELError) -> Token.Kind {
    let start = at
    // A prefix of a string: r, b, rb or br, in either case.
    var prefix = 0
    var isRaw = false
    var isBytes = false
    while prefix < 2 {
      let letter = peek(prefix) | 0x20
      if letter == 0x72, !isRaw {
        isRaw = true
      } else if letter == 0x62, !isBytes {
        isBytes = true
      } else {
        break
      }
      prefix += 1
    }
    if prefix > 0, peek(prefix) == 0x22 || peek(prefix) == 0x27 {
      return try quoted(prefix: prefix, isRaw: isRaw, isBytes: isBytes, at: place)
    }
    try step()
    while at < bytes.count, Self.continuesName(bytes[at]) { try step() }
    if at - start == 1, bytes[start] == 0x24 {
      throw CELError(.syntax, "expected a name after '$'", at: place)
    }
    return at - start == 2 && bytes[start] == 0x69 && bytes[start + 1] == 0x6E ? .inside : .name
  }

  private mutating func number(at place: CELPlace) throws(CELError) -> Token.Kind {
    var kind = Token.Kind.int
    if peek() == 0x30, peek(1) | 0x20 == 0x78, HexDigit.value(peek(2)) != nil {
      try step(2)
      while HexDigit.value(peek()) != nil { try step() }
    } else {
      while peek() &- 0x30 < 10 { try step() }
      if peek() == 0x2E, peek(1) &- 0x30 < 10 {
        kind = .double
        try step()
        while peek() &- 0x30 < 10 { try step() }
      }
      let sign = peek(1) == 0x2B || peek(1) == 0x2D ? 1 : 0
      if peek() | 0x20 == 0x65, peek(1 + sign) &- 0x30 < 10 {
        kind = .double
        try step(1 + sign)
        while peek() &- 0x30 < 10 { try step() }
      }
    }
    if kind == .int, peek() | 0x20 == 0x75 {
      kind = .uint
      try step()
    }
    if Self.continuesName(peek()) {
      throw CELError(
        .syntax, "'\(Character(UnicodeScalar(peek())))' cannot follow a number", at: self.place)
    }
    return kind
  }

  private mutating func backquoted(at place: CELPlace) throws(CELError) -> Token.Kind {
    try step()
    let start = at
    while at < bytes.count, bytes[at] != 0x60 {
      let byte = bytes[at]
      guard Self.continuesName(byte) || [0x2E, 0x2D, 0x2F, 0x20].contains(byte) else {
        throw CELError(
          .syntax, "a name in backticks has letters, digits and '_ . - /' and spaces only",
          at: self.place)
      }
      try step()
    }
    guard at < bytes.count, at > start else {
      throw CELError(.syntax, "the name in backticks has no end", at: place)
    }
    try step()
    return .quotedName
  }

  /// Passes over a string; what is in it, the parser decodes.
  private mutating func quoted(
    prefix: Int, isRaw: Bool, isBytes: Bool, at place: CELPlace
  ) throws(CELError) -> Token.Kind {
    try step(prefix)
    let quote = peek()
    let isTriple = peek(1) == quote && peek(2) == quote
    try step(isTriple ? 3 : 1)
    while at < bytes.count {
      let byte = bytes[at]
      if byte == quote, !isTriple || peek(1) == quote && peek(2) == quote {
        try step(isTriple ? 3 : 1)
        return isBytes ? .bytes : .string
      }
      if !isTriple, byte == 0x0A || byte == 0x0D { break }
      try step(byte == 0x5C && !isRaw ? 2 : 1)
    }
    let kind = isTriple ? "three quotes" : "quote \(Character(UnicodeScalar(quote)))"
    throw CELError(.syntax, "the string has no closing \(kind)", at: place)
  }
}
