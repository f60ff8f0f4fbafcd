extension RegexParser {
  private static let digits: [ClosedRange<UInt32>] = [0x30...0x39]
  private static let spaces: [ClosedRange<UInt32>] = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]
  private static let words: [ClosedRange<UInt32>] = [
    0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A,
  ]

  private static let named: [String: [ClosedRange<UInt32>]] = [
    "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A],
    "ascii": [0x00...0x7F], "blank": [0x09...0x09, 0x20...0x20],
    "cntrl": [0x00...0x1F, 0x7F...0x7F],
    "digit": digits, "graph": [0x21...0x7E], "lower": [0x61...0x7A], "print": [0x20...0x7E],
    "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
    "space": [0x09...0x0D, 0x20...0x20],
    "upper": [0x41...0x5A], "word": words, "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
  ]

  /// What begins with a backslash outside of brackets.
  mutating func escape() throws(CELError) -> RegexTree {
    let start = at
    at += 1
    guard let kind = current else { throw wrong("a lone '\\' at the end") }
    switch kind {
    case "A", "z", "b", "B":
      at += 1
      return .assertion(
        kind == "A"
          ? .beginOfText : kind == "z" ? .endOfText : kind == "b" ? .wordBoundary : .noWordBoundary)
    case "C": throw wrong("'\\C', a single byte, is not supported; texts are characters here")
    case "Z": throw wrong("'\\Z' is not part of RE2; write '\\z' for the end of the text")
    case "1"..."9": throw wrong("a reference to a group is not part of RE2")
    default: break
    }
    at = start
    var set = ScalarSet()
    if let scalar = try member(of: &set) { set.insert(scalar...scalar) }
    return add(set)
  }

  /// `[…]`.
  mutating func bracket() throws(CELError) -> RegexTree {
    let start = at
    at += 1
    let isNegated = take("^")
    var set = ScalarSet()
    var isFirst = true
    while let scalar = current, scalar != "]" || isFirst {
      isFirst = false
      if try posixClass(into: &set) { continue }
      guard let low = try member(of: &set) else { continue }
      var high = low
      if current == "-", at + 1 < pattern.count, pattern[at + 1] != "]" {
        at += 1
        var other = ScalarSet()
        guard let end = try member(of: &other) else {
          throw wrong("a class cannot be the end of a range")
        }
        guard end >= low else { throw wrong("a range whose end is before its beginning") }
        high = end
      }
      set.insert(low...high)
    }
    guard take("]") else {
      at = start
      throw wrong("the '[' here has no ']'")
    }
    return add(set, isNegated: isNegated)
  }

  private mutating func posixClass(into set: inout ScalarSet) throws(CELError) -> Bool {
    guard pattern[at...].starts(with: "[:".unicodeScalars) else { return false }
    var end = at + 2
    while end + 1 < pattern.count, pattern[end] != ":" || pattern[end + 1] != "]" { end += 1 }
    guard end + 1 < pattern.count else { return false }
    var name = String(String.UnicodeScalarView(pattern[at + 2..<end]))
    let isNegated = name.hasPrefix("^")
    if isNegated { name.removeFirst() }
    guard let ranges = Self.named[name] else {
      throw wrong("unknown class '[:\(name.prefix(20)):]'")
    }
    set.insert(ranges, isNegated: isNegated)
    at = end + 2
    return true
  }

  /// One character, which is returned, or a class, which goes into the set.
  private mutating func member(of set: inout ScalarSet) throws(CELError) -> UInt32? {
    guard let scalar = current else { return nil }
    at += 1
    guard scalar == "\\" else { return scalar.value }
    guard let kind = current else { throw wrong("a lone '\\' at the end") }
    at += 1
    switch kind {
    case "d", "D": set.insert(Self.digits, isNegated: kind == "D")
    case "s", "S": set.insert(Self.spaces, isNegated: kind == "S")
    case "w", "W": set.insert(Self.words, isNegated: kind == "W")
    case "p", "P": try unicodeClass(into: &set, isNegated: kind == "P")
    case "a": return 0x07
    case "f": return 0x0C
    case "n": return 0x0A
    case "r": return 0x0D
    case "t": return 0x09
    case "v": return 0x0B
    case "x": return try hexadecimal()
    case "0":
      var value: UInt32 = 0
      for _ in 0..<2 {
        guard let digit = current, "0"..."7" ~= digit else { break }
        value = value * 8 + digit.value - 48
        at += 1
      }
      return value
    default:
      let isPlain =
        kind.isASCII && !kind.properties.isAlphabetic && !("0"..."9" ~= kind)
      guard isPlain else {
        at -= 1
        throw wrong("unknown escape '\\\(kind)'")
      }
      return kind.value
    }
    return nil
  }

  private mutating func hexadecimal() throws(CELError) -> UInt32 {
    var digits = ""
    if take("{") {
      while let scalar = current, scalar != "}", digits.count < 9 {
        digits.unicodeScalars.append(scalar)
        at += 1
      }
      guard take("}") else { throw wrong("expected '}' after '\\x{' and digits") }
    } else {
      while let scalar = current, digits.count < 2 {
        digits.unicodeScalars.append(scalar)
        at += 1
      }
      guard digits.count == 2 else { throw wrong("expected two digits after '\\x'") }
    }
    guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF else {
      throw wrong("'\(digits.prefix(10))' after '\\x' is no character")
    }
    return value
  }

  /// `\pL`, `\p{Lu}`, `\p{^Lu}`.
  private mutating func unicodeClass(
    into set: inout ScalarSet, isNegated: Bool
  ) throws(CELError) {
    var name = ""
    if take("{") {
      while let scalar = current, scalar != "}" {
        name.unicodeScalars.append(scalar)
        at += 1
      }
      guard take("}") else { throw wrong("expected '}' after '\\p{' and a name") }
    } else if let scalar = current {
      name.unicodeScalars.append(scalar)
      at += 1
    }
    var isTurned = isNegated
    if name.hasPrefix("^") {
      isTurned.toggle()
      name.removeFirst()
    }
    if name == "Any" {
      set.insert(isTurned ? [] : [0...0x10FFFF])
      return
    }
    guard let categories = GeneralCategory.named(name) else {
      throw wrong(
        "'\\p{\(name.prefix(30))}' is not supported; general categories such as \\p{L} or \\p{Lu} "
          + "are, scripts are not")
    }
    set.insert(categories: categories, isNegated: isTurned)
  }
}
