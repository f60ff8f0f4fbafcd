/// Builds an exact value from JSON that is known to be well formed, without recursion.
struct ExactParser {
  private struct Container {
    var isObject: Bool
    var firstValue: Int
    var firstKey: Int
  }

  private let bytes: [UInt8]
  private var at = 0
  private var open: [Container] = []
  private var values: [ExactValue] = []
  private var keys: [[UInt8]] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func parse() -> ExactValue {
    while at < bytes.count {
      switch bytes[at] {
      case 0...0x20, UInt8(ascii: ","): at += 1
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open.append(
          Container(
            isObject: bytes[at] == UInt8(ascii: "{"), firstValue: values.count,
            firstKey: keys.count))
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        at += 1
        close()
      case UInt8(ascii: "\""):
        let text = string()
        skipSpace()
        if at < bytes.count, bytes[at] == UInt8(ascii: ":") {
          at += 1
          keys.append(text)
        } else {
          values.append(.string(text))
        }
      case UInt8(ascii: "t"): word(.bool(true), 4)
      case UInt8(ascii: "f"): word(.bool(false), 5)
      case UInt8(ascii: "n"): word(.null, 4)
      default: number()
      }
    }
    return values.last ?? .null
  }

  private mutating func close() {
    guard let container = open.popLast() else { return }
    let parts = values[container.firstValue...]
    let value: ExactValue
    if container.isObject {
      let members = zip(keys[container.firstKey...], parts).map {
        ExactValue.Member(key: $0, value: $1)
      }
      keys.removeSubrange(container.firstKey...)
      value = .object(of: members)
    } else {
      value = .array(Array(parts))
    }
    values.removeSubrange(container.firstValue...)
    values.append(value)
  }

  private mutating func word(_ value: ExactValue, _ length: Int) {
    values.append(value)
    at += length
  }

  private mutating func number() {
    let start = at
    while at < bytes.count, isOfNumber(bytes[at]) { at += 1 }
    // Nothing that is not JSON comes here; it must not stand still all the same.
    if at == start { at += 1 }
    values.append(.number(ExactNumber(bytes[start..<at])))
  }

  private func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
  }

  /// The content of a string, from its quote to behind the closing one.
  private mutating func string() -> [UInt8] {
    at += 1
    var from = at
    var text: [UInt8] = []
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      guard bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count else {
        at += 1
        continue
      }
      text.append(contentsOf: bytes[from..<at])
      let letter = bytes[at + 1]
      at += 2
      switch letter {
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"): text.append(contentsOf: escaped())
      default: text.append(letter)
      }
      from = at
    }
    text.append(contentsOf: bytes[from..<min(at, bytes.count)])
    at += 1
    return text
  }

  private mutating func escaped() -> [UInt8] {
    var scalar = unit()
    if (0xD800..<0xDC00).contains(scalar) {
      at += 2
      scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit() &- 0xDC00) & 0x3FF
    }
    return Array(String(UnicodeScalar(scalar) ?? "\u{FFFD}").utf8)
  }

  private mutating func unit() -> UInt32 {
    let end = min(at + 4, bytes.count)
    defer { at = end }
    return UInt32(String(decoding: bytes[at..<end], as: UTF8.self), radix: 16) ?? 0xFFFD
  }
}
