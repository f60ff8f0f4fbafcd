extension JSONScanner {
  mutating func number() throws(Fault) {
    let start = at
    if base[at] == 0x2D { at += 1 }
    guard digits() > 0 else { throw fault("expected a digit, found \(found())") }
    let first = base[start] == 0x2D ? start + 1 : start
    if base[first] == 0x30, at - first > 1 {
      throw Fault(message: "a number must not begin with 0", offset: first)
    }
    var isWhole = true
    var mayBeTooLarge = at - start > 300
    if at < count, base[at] == 0x2E {
      isWhole = false
      at += 1
      guard digits() > 0 else { throw fault("expected a digit after '.', found \(found())") }
    }
    if at < count, base[at] | 0x20 == 0x65 {
      isWhole = false
      mayBeTooLarge = true
      at += 1
      if at < count, base[at] == 0x2B || base[at] == 0x2D { at += 1 }
      guard digits() > 0 else { throw fault("expected a digit of the exponent, found \(found())") }
    }
    if mayBeTooLarge, !JSONNumber.double(base + start, count: at - start).isFinite {
      throw Fault(
        code: .numberRange, message: "the number is too large for 64 bits; write it as a string",
        offset: start)
    }
    entries[used] = JSONEntry(.number, start: start, end: at, next: used + 1, isMarked: isWhole)
    used += 1
  }

  @inline(__always)
  private mutating func digits() -> Int {
    let start = at
    while at < count, base[at] &- 0x30 < 10 { at += 1 }
    return at - start
  }

  @inline(__always)
  mutating func string(_ kind: JSONEntry.Kind, next: Int, detail: Int) throws(Fault) {
    let start = at + 1
    var isEscaped = false
    at = start
    while true {
      plain()
      guard at < count else {
        throw Fault(message: "the string has no closing quote", offset: start - 1)
      }
      let byte = base[at]
      if byte == 0x22 { break }
      if byte == 0x5C {
        isEscaped = true
        try escape()
      } else if byte < 0x20 {
        throw fault("a control character in a string must be escaped")
      } else {
        try scalar()
      }
    }
    entries[used] = JSONEntry(
      kind, start: start, end: at, next: next, isMarked: isEscaped, detail: detail)
    used += 1
    at += 1
  }

  /// Passes over printable ASCII that is neither quote nor backslash, eight bytes at a time.
  @inline(__always)
  private mutating func plain() {
    let high: UInt64 = 0x8080_8080_8080_8080
    let ones: UInt64 = 0x0101_0101_0101_0101
    while at &+ 8 <= count {
      let word = UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self).littleEndian
      let quotes = word ^ (ones &* 0x22)
      let slashes = word ^ (ones &* 0x5C)
      // A byte above the first hit may be hit wrongly, never one below it.
      let hits =
        (word | (word &- ones &* 0x20) | (quotes &- ones) | (slashes &- ones)) & high
      if hits != 0 {
        at &+= hits.trailingZeroBitCount >> 3
        return
      }
      at &+= 8
    }
    while at < count {
      let byte = base[at]
      if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return }
      at &+= 1
    }
  }

  private mutating func escape() throws(Fault) {
    guard at + 1 < count else { throw fault("the string ends within an escape") }
    switch base[at + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: at += 2
    case 0x75:
      let start = at
      let unit = try unit()
      if 0xDC00..<0xE000 ~= unit {
        throw Fault(message: "a low surrogate without a high one before it", offset: start)
      }
      guard 0xD800..<0xDC00 ~= unit else { return }
      guard at + 1 < count, base[at] == 0x5C, base[at + 1] == 0x75,
        0xDC00..<0xE000 ~= (try self.unit())
      else { throw Fault(message: "a high surrogate without a low one after it", offset: start) }
    default:
      throw fault("unknown escape; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")
    }
  }

  private mutating func unit() throws(Fault) -> UInt32 {
    guard at + 6 <= count else { throw fault("expected four hexadecimal digits after '\\u'") }
    var unit: UInt32 = 0
    for offset in 2..<6 {
      guard let digit = HexDigit.value(base[at + offset]) else {
        throw fault("expected four hexadecimal digits after '\\u'")
      }
      unit = unit << 4 | UInt32(digit)
    }
    at += 6
    return unit
  }

  /// One scalar of more than one byte, in its shortest form and no surrogate.
  private mutating func scalar() throws(Fault) {
    let length = UTF8Scalar.length(base + at, count: count - at)
    guard length > 0 else { throw fault("the text is not valid UTF-8 here") }
    at += length
  }
}
