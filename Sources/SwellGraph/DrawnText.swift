/// Text that people wrote, made fit to be drawn.
enum DrawnText {
  /// One line without characters that steer terminals or turn the direction of writing.
  static func clean(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: result.append(" ")
      case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF:
        result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// An expression without its `${{ }}`, if it is nothing else.
  static func expression(_ text: String) -> String {
    var inner = clean(text)[...]
    guard inner.hasPrefix("${{"), inner.hasSuffix("}}"),
      inner.dropFirst(3).firstRange(of: "${{") == nil
    else { return clean(text) }
    inner = inner.dropFirst(3).dropLast(2)
    while inner.first == " " { inner = inner.dropFirst() }
    while inner.last == " " { inner = inner.dropLast() }
    return String(inner)
  }

  /// The text, at most so many columns of it.
  static func shortened(_ text: String, to limit: Int) -> String {
    guard columns(of: text) > limit else { return text }
    var result = ""
    var used = 1
    for character in text {
      used += columns(of: character)
      if used > limit { break }
      result.append(character)
    }
    return result + "…"
  }

  /// How many columns of a terminal, or of a font in which all letters are as wide, it takes.
  static func columns(of text: String) -> Int {
    text.reduce(0) { $0 + columns(of: $1) }
  }

  private static func columns(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - columns(of: text)))
  }
}
