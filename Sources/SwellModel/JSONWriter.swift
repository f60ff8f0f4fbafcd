/// Appends JSON to bytes. For hot paths: no tree, no dictionaries, no Foundation.
///
/// What it writes is always accepted by jsonb: U+0000, which PostgreSQL cannot store,
/// becomes U+FFFD, and numbers that JSON lacks become null.
public struct JSONWriter: Sendable {
  public var bytes: [UInt8]

  public init(reserving capacity: Int = 256) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  public var payload: Payload { Payload(bytes: bytes) }

  /// Appends bytes that are JSON already, or punctuation.
  @inline(__always)
  public mutating func raw(_ text: StaticString) {
    bytes.append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  public mutating func payload(_ payload: Payload) {
    bytes.append(contentsOf: payload.bytes)
  }

  public mutating func int(_ number: some FixedWidthInteger) {
    bytes.append(contentsOf: String(number).utf8)
  }

  public mutating func double(_ number: Double) {
    guard number.isFinite else { return raw("null") }
    bytes.append(contentsOf: number.description.utf8)
  }

  public mutating func bool(_ flag: Bool) {
    if flag { raw("true") } else { raw("false") }
  }

  /// Appends a string with its quotes.
  ///
  /// - Parameter limit: how many bytes it may take when escaped; a longer one is cut between
  ///   two characters, and ends with `…`.
  public mutating func string(_ text: String, limit: Int = .max) {
    bytes.append(UInt8(ascii: "\""))
    var copy = text
    let start = bytes.count
    copy.withUTF8 { utf8 in
      // No byte gets shorter, so what lies beyond the limit need not be looked at.
      escape(utf8.count > limit ? UnsafeBufferPointer(rebasing: utf8[...limit]) : utf8)
    }
    if bytes.count - start > limit { cut(from: start, to: limit) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ text: UnsafeBufferPointer<UInt8>) {
    var from = 0
    for at in text.indices {
      let byte = text[at]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
        continue
      }
      bytes.append(contentsOf: text[from..<at])
      from = at + 1
      switch byte {
      case 0: raw("\u{FFFD}")
      case UInt8(ascii: "\""): raw("\\\"")
      case UInt8(ascii: "\\"): raw("\\\\")
      case 0x0A: raw("\\n")
      case 0x0D: raw("\\r")
      case 0x09: raw("\\t")
      default:
        raw("\\u00")
        bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
        let low = byte & 0xF
        bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
      }
    }
    bytes.append(contentsOf: text[from...])
  }

  /// Cuts what was written since `start`, never inside a character or an escape.
  private mutating func cut(from start: Int, to limit: Int) {
    let end = start + max(limit - 3, 0)
    var at = start
    while true {
      let length: Int
      switch bytes[at] {
      case UInt8(ascii: "\\"): length = bytes[at + 1] == UInt8(ascii: "u") ? 6 : 2
      case 0xC0...0xDF: length = 2
      case 0xE0...0xEF: length = 3
      case 0xF0...: length = 4
      default: length = 1
      }
      if at + length > end { break }
      at += length
    }
    bytes.removeSubrange(at...)
    raw("…")
  }

  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: raw("null")
    case .bool(let flag): bool(flag)
    case .int(let number): int(number)
    case .double(let number): double(number)
    case .string(let text): string(text)
    case .array(let elements):
      raw("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { raw(",") }
        self.value(element)
      }
      raw("]")
    case .object(let members):
      raw("{")
      for (index, member) in members.enumerated() {
        if index > 0 { raw(",") }
        string(member.key)
        raw(":")
        self.value(member.value)
      }
      raw("}")
    }
  }
}
