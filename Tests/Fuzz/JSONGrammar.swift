import SwellModel

/// The grammar of a payload, rule by rule and without regard to speed: what `PayloadScan` has
/// to agree with.
struct JSONGrammar {
  private let text: [UInt8]
  private let limits: PayloadScan.Limits
  private var rest: ArraySlice<UInt8>

  init(_ text: [UInt8], limits: PayloadScan.Limits) {
    self.text = text
    self.limits = limits
    rest = text[...]
  }

  mutating func accepts() -> Bool {
    guard text.count <= limits.maxBytes, String(validating: text, as: UTF8.self) != nil else {
      return false
    }
    return value(depth: 0) && rest.isEmpty
  }

  private mutating func value(depth: Int) -> Bool {
    space()
    defer { space() }
    switch rest.first {
    case UInt8(ascii: "{"):
      return depth < limits.maxDepth
        && list(to: "}") { grammar in
          grammar.space()
          guard grammar.string() else { return false }
          grammar.space()
          return grammar.take(":") && grammar.value(depth: depth + 1)
        }
    case UInt8(ascii: "["):
      return depth < limits.maxDepth && list(to: "]") { $0.value(depth: depth + 1) }
    case UInt8(ascii: "\""): return string()
    default: return take("true") || take("false") || take("null") || number()
    }
  }

  private mutating func list(
    to end: String, _ element: (inout JSONGrammar) -> Bool
  ) -> Bool {
    rest = rest.dropFirst()
    space()
    if take(end) { return true }
    repeat { guard element(&self) else { return false } } while take(",")
    return take(end)
  }

  private mutating func string() -> Bool {
    guard take("\"") else { return false }
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\"") { return true }
      guard byte >= 0x20 else { return false }
      guard byte == UInt8(ascii: "\\") else { continue }
      guard let letter = rest.popFirst() else { return false }
      if letter != UInt8(ascii: "u") {
        guard "\"\\/bfnrt".utf8.contains(letter) else { return false }
        continue
      }
      guard let unit = unit(), unit != 0, !(0xDC00..<0xE000).contains(unit) else { return false }
      if (0xD800..<0xDC00).contains(unit) {
        guard take("\\u"), let low = self.unit(), (0xDC00..<0xE000).contains(low) else {
          return false
        }
      }
    }
    return false
  }

  private mutating func unit() -> Int? {
    let digits = rest.prefix(4)
    rest = rest.dropFirst(4)
    guard digits.count == 4, !digits.contains(where: { "+-".utf8.contains($0) }) else {
      return nil
    }
    return Int(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  private mutating func number() -> Bool {
    _ = take("-")
    let whole = digits()
    guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else {
      return false
    }
    var count = whole.count
    if take(".") {
      let part = digits()
      if part.isEmpty { return false }
      count += part.count
    }
    var exponent = 0.0
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      let digits = digits()
      if digits.isEmpty { return false }
      exponent = digits.reduce(0) { $0 * 10 + Double($1 - UInt8(ascii: "0")) }
    }
    return count <= limits.maxDigits && exponent <= Double(limits.maxExponent)
  }

  private mutating func digits() -> ArraySlice<UInt8> {
    let digits = rest.prefix { (0x30...0x39).contains($0) }
    rest = rest[digits.endIndex...]
    return digits
  }

  private mutating func space() {
    rest = rest.drop { " \t\n\r".utf8.contains($0) }
  }

  private mutating func take(_ word: String) -> Bool {
    guard rest.starts(with: word.utf8) else { return false }
    rest = rest.dropFirst(word.utf8.count)
    return true
  }
}
