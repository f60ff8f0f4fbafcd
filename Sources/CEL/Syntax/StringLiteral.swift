/// The value of a string or bytes literal.
enum StringLiteral {
  /// - Parameter token: the text of the literal, with prefix and quotes.
  static func decode(
    _ token: ArraySlice<UInt8>, at place: CELPlace
  ) throws(CELError) -> CELValue {
    var isRaw = false
    var isBytes = false
    var start = token.startIndex
    while token[start] != 0x22, token[start] != 0x27 {
      if token[start] | 0x20 == 0x72 { isRaw = true } else { isBytes = true }
      start += 1
    }
    let quote = token[start]
    let isTriple =
      token.endIndex - start >= 6 && token[start + 1] == quote && token[start + 2] == quote
    let width = isTriple ? 3 : 1
    let body = token[(start + width)..<(token.endIndex - width)]
    if isRaw { return isBytes ? .bytes(Array(body)) : .string(CELString(utf8: body)) }
    var content: [UInt8] = []
    content.reserveCapacity(body.count)
    var at = body.startIndex
    while at < body.endIndex {
      let byte = body[at]
      at += 1
      if byte == 0x5C {
        try escape(in: body, at: &at, isBytes: isBytes, into: &content, place: place)
      } else {
        content.append(byte)
      }
    }
    return isBytes ? .bytes(content) : .string(CELString(utf8: content))
  }

  private static let plain: [UInt8: UInt8] = [
    0x61: 0x07, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x76: 0x0B,
    0x5C: 0x5C, 0x3F: 0x3F, 0x22: 0x22, 0x27: 0x27, 0x60: 0x60,
  ]

  private static func escape(
    in body: ArraySlice<UInt8>, at: inout Int, isBytes: Bool, into content: inout [UInt8],
    place: CELPlace
  ) throws(CELError) {
    guard at < body.endIndex else { throw wrong("a lone '\\' at the end", place) }
    let kind = body[at]
    at += 1
    if let byte = plain[kind] {
      content.append(byte)
      return
    }
    let number: UInt32
    switch kind {
    case 0x78, 0x58: number = try digits(2, radix: 16, in: body, at: &at, place)
    case 0x75 where !isBytes: number = try digits(4, radix: 16, in: body, at: &at, place)
    case 0x55 where !isBytes: number = try digits(8, radix: 16, in: body, at: &at, place)
    case 0x30...0x33:
      at -= 1
      number = try digits(3, radix: 8, in: body, at: &at, place)
    default:
      let shown = String(decoding: body[(at - 1)..<min(at + 3, body.endIndex)], as: UTF8.self)
      throw wrong("unknown escape '\\\(shown.prefix(1))'", place)
    }
    if isBytes {
      content.append(UInt8(truncatingIfNeeded: number))
    } else if let scalar = UnicodeScalar(number) {
      content.append(contentsOf: String(scalar).utf8)
    } else {
      throw wrong(
        "an escape names U+\(String(number, radix: 16, uppercase: true)), which is no character",
        place)
    }
  }

  private static func digits(
    _ count: Int, radix: Int, in body: ArraySlice<UInt8>, at: inout Int, _ place: CELPlace
  ) throws(CELError) -> UInt32 {
    guard at + count <= body.endIndex,
      body[at..<at + count].allSatisfy({ HexDigit.value($0) != nil }),
      let number = UInt32(String(decoding: body[at..<at + count], as: UTF8.self), radix: radix)
    else {
      throw wrong(
        "expected \(count) \(radix == 8 ? "octal" : "hexadecimal") digits in an escape", place)
    }
    at += count
    return number
  }

  private static func wrong(_ message: String, _ place: CELPlace) -> CELError {
    CELError(
      .syntax, message + "; write '\\\\' for a backslash, or a raw string such as r'\\d+'",
      at: place)
  }
}
