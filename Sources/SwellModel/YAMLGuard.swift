/// What is looked at in a YAML text before and beside the YAML parser.
enum YAMLGuard {
  /// Refuses what would make the parser itself explode: it compares mapping keys whole, so
  /// a key made of aliases of aliases costs the exponential of their number.
  static func check(_ text: String) throws(DefinitionProblems) {
    var aliases = 0
    var complexKey: Int?
    var before = UInt8(ascii: "\n")
    var closed = false
    for (at, byte) in text.utf8.enumerated() {
      let isTokenStart = before <= 0x20 || "[{,:-?".utf8.contains(before)
      if isTokenStart, byte == UInt8(ascii: "*") { aliases += 1 }
      if complexKey == nil, isTokenStart && byte == UInt8(ascii: "?") || closed && byte == 0x3A {
        complexKey = at
      }
      if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
        closed = true
      } else if byte > 0x20 {
        closed = false
      }
      before = byte
    }
    // An alias itself as a key: only where one is followed by a colon.
    if aliases > 30, let found = complexKey ?? aliasKey(text) {
      throw DefinitionProblems([
        DefinitionProblem(
          "invalid_key", "a key must be plain text where a definition has many aliases",
          path: "", at: place(ofByte: found, in: text))
      ])
    }
  }

  private static func aliasKey(_ text: String) -> Int? {
    var name: Int?
    var before = UInt8(ascii: "\n")
    for (at, byte) in text.utf8.enumerated() {
      let isTokenStart = before <= 0x20 || "[{,:-?".utf8.contains(before)
      if isTokenStart, byte == UInt8(ascii: "*") {
        name = at
      } else if byte == UInt8(ascii: ":"), let name {
        return name
      } else if byte == 0x0A || "[]{},".utf8.contains(byte) {
        name = nil
      }
      before = byte
    }
    return nil
  }

  /// The first place of a character that libyaml refuses wherever it is.
  static func place(ofRefused value: Int32, in text: String) -> SourcePlace {
    let scalars = text.unicodeScalars
    let found = scalars.firstIndex { $0.value == UInt32(bitPattern: value) }
    return place(
      ofByte: text.utf8.distance(from: text.startIndex, to: found ?? text.startIndex), in: text)
  }

  /// The place of the character that begins at a byte. Line breaks are those that libyaml counts,
  /// and a byte order mark has a column, as it has for libyaml.
  private static func place(ofByte offset: Int, in text: String) -> SourcePlace {
    var place = SourcePlace.start
    var before: UnicodeScalar = " "
    var at = 0
    for scalar in text.unicodeScalars {
      if at >= offset { break }
      at += UTF8.width(scalar)
      switch scalar {
      case "\n" where before == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        place = SourcePlace(line: place.line + 1, column: 1)
      default: place.column += 1
      }
      before = scalar
    }
    return place
  }

  /// One line of a text, counted from 1.
  static func line(_ number: Int, of text: String) -> String {
    let lines = text.utf8.split(
      separator: 0x0A, maxSplits: number, omittingEmptySubsequences: false)
    return number >= 1 && number <= lines.count ? String(Substring(lines[number - 1])) : ""
  }

  /// Where a key of a block mapping is written again: the same text in the same column,
  /// before a line with less indentation.
  static func second(
    _ key: String, after first: SourcePlace, in text: String
  ) -> SourcePlace? {
    // The breaks that libyaml counts; to Swift \r\n is one character, and not \n.
    let lines = text.split(omittingEmptySubsequences: false) {
      ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"].contains($0)
    }.dropFirst(first.line)
    for (offset, line) in lines.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      if line.dropFirst(indent).isEmpty || line.dropFirst(indent).hasPrefix("#") { continue }
      if indent < first.column - 1 { return nil }
      guard indent == first.column - 1 else { continue }
      let rest = line.dropFirst(indent)
      for spelling in [key, "'\(key)'", "\"\(key)\""] where rest.hasPrefix(spelling) {
        if rest.dropFirst(spelling.count).drop(while: { $0 == " " }).hasPrefix(":") {
          return SourcePlace(line: first.line + 1 + offset, column: first.column)
        }
      }
    }
    return nil
  }
}
