/// Reads the regular expressions that RE2 and PostgreSQL understand alike, and translates them into RE2.
///
/// What only one of them knows, or what they take for different things, is refused.
struct SchemaPatternReader {
  /// How large a pattern may be with its repetitions written out.
  private static let maxSize = 1000
  private static let maxCount = 255
  private static let maxDepth = 20

  private let pattern: [Unicode.Scalar]
  private var at = 0
  private var depth = 0
  private var translated = String.UnicodeScalarView()

  init(_ text: String) {
    pattern = Array(text.unicodeScalars)
  }

  /// - Returns: the same in RE2's syntax.
  mutating func read() throws(SchemaPattern.Problem) -> String {
    // PostgreSQL's point matches the end of a line as well.
    translated.append(contentsOf: "(?s)".unicodeScalars)
    _ = try choice()
    guard at == pattern.count else { throw wrong("a ')' that closes nothing; write \\)") }
    return String(translated)
  }

  private var current: Unicode.Scalar? { at < pattern.count ? pattern[at] : nil }

  private func wrong(_ message: String) -> SchemaPattern.Problem {
    SchemaPattern.Problem(place: at + 1, message: message)
  }

  private mutating func copy() {
    translated.append(pattern[at])
    at += 1
  }

  /// - Returns: the size, with repetitions written out.
  private mutating func choice() throws(SchemaPattern.Problem) -> Int {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maxDepth else { throw wrong("groups nest too deep") }
    var size = try sequence()
    while current == "|" {
      copy()
      size += try sequence()
    }
    return size
  }

  private mutating func sequence() throws(SchemaPattern.Problem) -> Int {
    let start = at
    var size = 0
    while let scalar = current, scalar != "|", scalar != ")" {
      size += try repeated()
      guard size <= Self.maxSize else {
        throw wrong("too large: more than \(Self.maxSize) characters with repetitions written out")
      }
    }
    // Nothing at all is a pattern, too: it matches everywhere.
    guard at > start || pattern.isEmpty else {
      throw wrong("nothing on one side of '|' or in a group; write (?:…)? for what may be missing")
    }
    return size
  }

  private mutating func repeated() throws(SchemaPattern.Problem) -> Int {
    if current == "^" || current == "$" {
      copy()
      if let scalar = current, "*+?{".unicodeScalars.contains(scalar) {
        throw wrong("a repetition of an end of the text")
      }
      return 1
    }
    let size = try atom()
    var most = 1
    switch current {
    case "*", "+", "?": copy()
    case "{": most = try count()
    default: return size
    }
    if let scalar = current, "*+?{".unicodeScalars.contains(scalar) {
      throw wrong("a repetition of a repetition; put the first into (?:…)")
    }
    return size * most
  }

  /// `{2}`, `{2,}`, `{2,5}`.
  private mutating func count() throws(SchemaPattern.Problem) -> Int {
    let start = at
    at += 1
    func digits() -> String {
      String(String.UnicodeScalarView(pattern[at...].prefix { "0"..."9" ~= $0 }))
    }
    let low = digits()
    at += low.count
    var high = low
    if current == "," {
      at += 1
      high = digits()
      at += high.count
    }
    guard current == "}", let least = Int(low), least <= Self.maxCount,
      high.isEmpty || Int(high).map({ $0 >= least && $0 <= Self.maxCount }) ?? false
    else {
      at = start
      throw wrong(
        "expected a count such as {2}, {2,} or {2,5}, of \(Self.maxCount) at most; write \\{")
    }
    at += 1
    translated.append(contentsOf: pattern[start..<at])
    return max(Int(high) ?? least + 1, 1)
  }

  private mutating func atom() throws(SchemaPattern.Problem) -> Int {
    guard let scalar = current else { return 0 }
    switch scalar {
    case "(":
      at += 1
      if current == "?" {
        guard at + 1 < pattern.count, pattern[at + 1] == ":" else {
          throw wrong("of what begins with (? only (?:…) is understood")
        }
        at += 2
      }
      translated.append(contentsOf: "(?:".unicodeScalars)
      let size = try choice()
      guard current == ")" else { throw wrong("a '(' without its ')'") }
      copy()
      return size
    case "[": try bracket()
    case "\\": try escape(inBracket: false)
    case "*", "+", "?": throw wrong("a repetition of nothing; write \\\(scalar)")
    case "{", "}", "]": throw wrong("write \\\(scalar) for this character")
    default: copy()
    }
    return 1
  }

  private mutating func escape(inBracket: Bool) throws(SchemaPattern.Problem) {
    at += 1
    guard let letter = current else { throw wrong("a lone '\\' at the end") }
    switch letter {
    case "d", "w": translated.append(contentsOf: "\\\(letter)".unicodeScalars)
    case "s": translated.append(contentsOf: (inBracket ? "\t-\r " : "[\t-\r ]").unicodeScalars)
    case "D" where !inBracket, "W" where !inBracket:
      translated.append(contentsOf: "\\\(letter)".unicodeScalars)
    case "S" where !inBracket: translated.append(contentsOf: "[^\t-\r ]".unicodeScalars)
    case "n", "r", "t", "f": translated.append(contentsOf: "\\\(letter)".unicodeScalars)
    default:
      let isPlain = letter.isASCII && letter.value > 0x20 && !letter.properties.isAlphabetic
      guard isPlain, !("0"..."9" ~= letter), letter != "_", letter.value != 0x7F else {
        throw wrong("the escape \\\(letter) is not understood alike by everyone who reads this")
      }
      translated.append(contentsOf: "\\\(letter)".unicodeScalars)
    }
    at += 1
  }

  /// `[a-z_]`, `[^,]`.
  private mutating func bracket() throws(SchemaPattern.Problem) {
    let start = at
    copy()
    if current == "^" { copy() }
    var isFirst = true
    var low: Unicode.Scalar?
    while let scalar = current, scalar != "]" {
      switch scalar {
      case "[": throw wrong("write \\[ within brackets; classes such as [:alpha:] differ by locale")
      case "-":
        let isLast = at + 1 < pattern.count && pattern[at + 1] == "]"
        if isFirst || isLast {
          translated.append(contentsOf: "\\-".unicodeScalars)
          at += 1
          low = nil
        } else {
          guard let from = low else { throw wrong("a range without its beginning; write \\-") }
          copy()
          guard let to = current, to != "[", to != "\\", to != "-" else {
            throw wrong("a range ends with a plain character")
          }
          guard from.value <= to.value else {
            throw wrong("a range whose end is before its beginning")
          }
          copy()
          low = nil
        }
      case "\\":
        try escape(inBracket: true)
        low = nil
      default:
        low = scalar
        // A sign that means something to the other one must mean nothing to either.
        if scalar == "^" || scalar == "&" || scalar == "~" { translated.append("\\") }
        copy()
      }
      isFirst = false
    }
    guard current == "]", !isFirst else {
      at = start
      throw wrong(isFirst ? "brackets with nothing in them" : "a '[' without its ']'")
    }
    copy()
  }
}
