extension PayloadScanner {
  /// A string with its quotes: eight plain ASCII bytes at a time, the rest one by one.
  mutating func string() throws(PayloadProblem) {
    let start = at
    at += 1
    while true {
      skipPlain()
      guard at < bytes.count else {
        throw PayloadProblem(.notJSON, at: start, "a string that does not end; send it whole")
      }
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        return
      case UInt8(ascii: "\\"): try escape()
      case 0..<0x20:
        throw PayloadProblem(
          byte == 0 ? .nulCharacter : .notJSON, at: at,
          "an unescaped control character 0x\(String(byte, radix: 16)) in a string; "
            + (byte == 0 ? "PostgreSQL cannot store it: remove it" : "write it as \\u00XX"))
      case 0x80...: try multibyte(byte)
      default: at += 1
      }
    }
  }

  /// Skips whole words without a quote, a backslash, a control or a non-ASCII byte.
  @inline(__always)
  private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    while at &+ 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      let control = (word &- ones &* 0x20) & ~word
      let special = control | ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | word
      if special & highs != 0 {
        // The lowest set bit is exact on a little-endian machine; borrows only reach upwards.
        at &+= (special & highs).littleEndian.trailingZeroBitCount / 8
        return
      }
      at &+= 8
    }
  }

  private mutating func escape() throws(PayloadProblem) {
    let start = at
    at += 1
    let letter = try peek("an escape")
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 1
      return
    case UInt8(ascii: "u"): at += 1
    default: throw unexpected("an escape")
    }
    let unit = try hex()
    switch unit {
    case 0:
      throw PayloadProblem(
        .nulCharacter, at: start,
        "a string has the character \\u0000, which PostgreSQL cannot store; remove it")
    case 0xD800..<0xDC00:
      if at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") {
        at += 2
        if (0xDC00..<0xE000).contains(try hex()) { return }
      }
      throw loneSurrogate(start)
    case 0xDC00..<0xE000: throw loneSurrogate(start)
    default: return
    }
  }

  private func loneSurrogate(_ offset: Int) -> PayloadProblem {
    PayloadProblem(
      .loneSurrogate, at: offset,
      "half of a surrogate pair in a string; write the character itself, or both halves")
  }

  private mutating func hex() throws(PayloadProblem) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = try peek("a hexadecimal digit")
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 0x30)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - 0x57)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - 0x37)
      default: throw unexpected("a hexadecimal digit")
      }
      at += 1
    }
    return value
  }

  /// One character beyond ASCII; refuses overlong forms, surrogates and what is past U+10FFFF.
  @inline(__always)
  private mutating func multibyte(_ lead: UInt8) throws(PayloadProblem) {
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0...0xEF:
      length = 3
      if lead == 0xE0 { low = 0xA0 }
      if lead == 0xED { high = 0x9F }
    case 0xF0...0xF4:
      length = 4
      if lead == 0xF0 { low = 0x90 }
      if lead == 0xF4 { high = 0x8F }
    default: throw invalidUTF8()
    }
    guard at &+ length <= bytes.count, bytes[at &+ 1] >= low, bytes[at &+ 1] <= high else {
      throw invalidUTF8()
    }
    for offset in 2..<max(length, 2) where bytes[at &+ offset] & 0xC0 != 0x80 {
      throw invalidUTF8()
    }
    at &+= length
  }

  private func invalidUTF8() -> PayloadProblem {
    PayloadProblem(.invalidUTF8, at: at, "not valid UTF-8; encode the text as UTF-8")
  }
}
