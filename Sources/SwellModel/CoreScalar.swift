/// What a plain scalar of YAML means in the 1.2 core schema.
enum CoreScalar {
  case content(LocatedValue.Content)
  /// A number that JSON cannot say.
  case outOfRange

  init(_ text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .content(.null)
    case "true", "True", "TRUE": self = .content(.bool(true))
    case "false", "False", "FALSE": self = .content(.bool(false))
    default: self = Self.number(Array(text.utf8)) ?? .content(.string(text))
    }
  }

  private static func number(_ text: [UInt8]) -> CoreScalar? {
    let whole = String(decoding: text, as: UTF8.self)
    if text.starts(with: "0o".utf8) || text.starts(with: "0x".utf8) {
      let radix = text[1] == UInt8(ascii: "o") ? 8 : 16
      let digits = text[2...]
      let areDigits = digits.allSatisfy {
        Character(UnicodeScalar($0)).hexDigitValue.map { $0 < radix } ?? false
      }
      guard !digits.isEmpty, areDigits else { return nil }
      return Int64(String(decoding: digits, as: UTF8.self), radix: radix).map {
        .content(.int($0))
      } ?? .outOfRange
    }
    var rest = text[...]
    if let first = rest.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
      rest = rest.dropFirst()
    }
    switch String(decoding: rest, as: UTF8.self) {
    case ".inf", ".Inf", ".INF": return .outOfRange
    case ".nan", ".NaN", ".NAN": return rest.count == text.count ? .outOfRange : nil
    default: break
    }
    func digits() -> Int {
      let found = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
      rest = rest[found.endIndex...]
      return found.count
    }
    let before = digits()
    if before > 0, rest.isEmpty, let number = Int64(whole) { return .content(.int(number)) }
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      let after = digits()
      guard before > 0 || after > 0 else { return nil }
    } else if before == 0 {
      return nil
    }
    if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        rest = rest.dropFirst()
      }
      guard digits() > 0 else { return nil }
    }
    guard rest.isEmpty else { return nil }
    guard let number = Double(whole), number.isFinite else { return .outOfRange }
    return .content(.double(number))
  }
}
