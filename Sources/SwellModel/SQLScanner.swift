/// One pass over the text of a statement, by PostgreSQL's lexical rules with
/// `standard_conforming_strings` on, as it is by default.
struct SQLScanner {
  private let text: [UInt8]
  private var at = 0
  private(set) var hasTokens = false
  /// The first two words, in capitals; of `DECLARE`, those before the cursor's query.
  private(set) var words: [String] = []
  private(set) var highestParameter = 0
  private var isOver = false

  init(_ text: [UInt8]) {
    self.text = text
  }

  mutating func scan() throws(SQLTextProblem) {
    while at < text.count {
      let byte = text[at]
      switch byte {
      case 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20: at += 1
      case UInt8(ascii: "-") where next == UInt8(ascii: "-"): skipLine()
      case UInt8(ascii: "/") where next == UInt8(ascii: "*"): try skipComment()
      case UInt8(ascii: ";"):
        at += 1
        if hasTokens { isOver = true }
      default:
        if isOver { throw .severalStatements }
        hasTokens = true
        try token(byte)
      }
    }
  }

  private var next: UInt8? { at + 1 < text.count ? text[at + 1] : nil }

  private mutating func token(_ byte: UInt8) throws(SQLTextProblem) {
    switch byte {
    case UInt8(ascii: "'"): try skipQuoted(by: byte, escapes: false, what: "a string")
    case UInt8(ascii: "\""): try skipQuoted(by: byte, escapes: false, what: "a quoted name")
    case UInt8(ascii: "$"): try skipDollar()
    default:
      if Self.beginsWord(byte) { return try word() }
      at += 1
    }
  }

  private mutating func word() throws(SQLTextProblem) {
    let start = at
    while at < text.count, Self.continuesWord(text[at]) { at += 1 }
    // E'…' has backslashes; other prefixes of strings change nothing about where they end.
    let isEscaped = at - start == 1 && text[start] | 0x20 == UInt8(ascii: "e")
    if isEscaped, at < text.count, text[at] == UInt8(ascii: "'") {
      return try skipQuoted(by: UInt8(ascii: "'"), escapes: true, what: "a string")
    }
    guard words.count < 2 || words[0] == "DECLARE" && words.last != "FOR" else { return }
    words.append(
      String(
        decoding: text[start..<at].map { (0x61...0x7A).contains($0) ? $0 - 0x20 : $0 },
        as: UTF8.self))
  }

  private mutating func skipLine() {
    while at < text.count, text[at] != 0x0A, text[at] != 0x0D { at += 1 }
  }

  /// Comments of this kind nest.
  private mutating func skipComment() throws(SQLTextProblem) {
    var depth = 0
    while at < text.count {
      if text[at] == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        depth += 1
        at += 2
      } else if text[at] == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
        depth -= 1
        at += 2
        if depth == 0 { return }
      } else {
        at += 1
      }
    }
    throw .unterminated("a comment")
  }

  private mutating func skipQuoted(
    by quote: UInt8, escapes: Bool, what: String
  ) throws(SQLTextProblem) {
    at += 1
    while at < text.count {
      if escapes, text[at] == UInt8(ascii: "\\") {
        at += 2
      } else if text[at] == quote {
        // A doubled quote is one that is meant: the next round begins behind it.
        guard next == quote else {
          at += 1
          return
        }
        at += 2
      } else {
        at += 1
      }
    }
    throw .unterminated(what)
  }

  /// `$1` or `$tag$ … $tag$`.
  private mutating func skipDollar() throws(SQLTextProblem) {
    let start = at
    at += 1
    if at < text.count, (0x30...0x39).contains(text[at]) {
      var number = 0
      while at < text.count, (0x30...0x39).contains(text[at]) {
        number = min(number * 10 + Int(text[at] - 0x30), 1_000_000)
        at += 1
      }
      highestParameter = max(highestParameter, number)
      return
    }
    while at < text.count, Self.continuesWord(text[at]), text[at] != UInt8(ascii: "$") { at += 1 }
    guard at < text.count, text[at] == UInt8(ascii: "$") else { return }
    let tag = text[start...at]
    at += 1
    while at < text.count {
      if text[at] == UInt8(ascii: "$"), text[at...].starts(with: tag) {
        at += tag.count
        return
      }
      at += 1
    }
    throw .unterminated("a string in \(String(decoding: tag, as: UTF8.self))")
  }

  private static func beginsWord(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
  }

  private static func continuesWord(_ byte: UInt8) -> Bool {
    beginsWord(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "$")
  }
}
