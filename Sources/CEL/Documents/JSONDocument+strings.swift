extension JSONDocument {
  /// The content of a string or key: a part of the text, or decoded if it has escapes.
  @inline(__always)
  func withContent<Result>(
    of entry: JSONEntry, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    bytes.withUnsafeBufferPointer { text in
      let raw = UnsafeBufferPointer(rebasing: text[Int(entry.start)..<Int(entry.end)])
      guard entry.isMarked else { return body(raw) }
      return Self.unescape(raw).withUnsafeBufferPointer(body)
    }
  }

  /// The content of a string whose escapes are known to be right.
  static func unescape(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var content: [UInt8] = []
    content.reserveCapacity(raw.count)
    var at = 0
    func unit(_ start: Int) -> UInt32 {
      raw[start..<start + 4].reduce(0) { $0 << 4 | UInt32(HexDigit.value($1) ?? 0) }
    }
    while at < raw.count {
      let byte = raw[at]
      guard byte == 0x5C else {
        content.append(byte)
        at += 1
        continue
      }
      let kind = raw[at + 1]
      at += 2
      switch kind {
      case 0x62: content.append(0x08)
      case 0x66: content.append(0x0C)
      case 0x6E: content.append(0x0A)
      case 0x72: content.append(0x0D)
      case 0x74: content.append(0x09)
      case 0x75:
        var scalar = unit(at)
        at += 4
        if 0xD800..<0xDC00 ~= scalar {
          scalar = 0x10000 + (scalar - 0xD800) << 10 + (unit(at + 2) - 0xDC00)
          at += 6
        }
        content.append(contentsOf: String(UnicodeScalar(scalar) ?? "\u{FFFD}").utf8)
      default: content.append(kind)
      }
    }
    return content
  }
}
