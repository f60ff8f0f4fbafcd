/// The state of one `PayloadScan`: a position, and one bit for each open container.
struct PayloadScanner {
  let bytes: UnsafeRawBufferPointer
  let limits: PayloadScan.Limits
  var at = 0
  /// Whether each open container is an object; its size is bounded by the depth limit.
  private var open: [Bool] = []

  init(bytes: UnsafeRawBufferPointer, limits: PayloadScan.Limits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func scan() throws(PayloadProblem) {
    skipSpace()
    guard at < bytes.count else {
      throw PayloadProblem(.empty, at: at, "the payload is empty; send null for no value")
    }
    values: while true {
      let first = try peek("a value")
      switch first {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let isObject = first == UInt8(ascii: "{")
        guard open.count < limits.maxDepth else {
          throw PayloadProblem(
            .tooDeep, at: at,
            "nested deeper than \(limits.maxDepth) levels; flatten the value")
        }
        at += 1
        skipSpace()
        if try peek(isObject ? "a key or '}'" : "a value or ']'")
          != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        {
          open.append(isObject)
          if isObject { try key() }
          continue values
        }
        at += 1
      case UInt8(ascii: "\""): try string()
      case UInt8(ascii: "t"): try literal("true")
      case UInt8(ascii: "f"): try literal("false")
      case UInt8(ascii: "n"): try literal("null")
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
      default: throw unexpected("a value")
      }
      ends: while true {
        skipSpace()
        guard let isObject = open.last else {
          if at < bytes.count { throw unexpected("the end, as a payload is one value") }
          return
        }
        let next = try peek(isObject ? "',' or '}'" : "',' or ']'")
        at += 1
        if next == UInt8(ascii: ",") {
          skipSpace()
          if isObject { try key() }
          continue values
        }
        guard next == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
          at -= 1
          throw unexpected(isObject ? "',' or '}'" : "',' or ']'")
        }
        open.removeLast()
      }
    }
  }

  /// A key, its colon, and the space behind it.
  private mutating func key() throws(PayloadProblem) {
    guard try peek("a key") == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
    try string()
    skipSpace()
    guard try peek("':'") == UInt8(ascii: ":") else { throw unexpected("':'") }
    at += 1
    skipSpace()
  }

  @inline(__always)
  mutating func skipSpace() {
    while at < bytes.count {
      let byte = bytes[at]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      at += 1
    }
  }

  @inline(__always)
  func peek(_ expected: StaticString) throws(PayloadProblem) -> UInt8 {
    guard at < bytes.count else {
      throw PayloadProblem(
        .notJSON, at: at, "the JSON text ends where \(expected) should be; send it whole")
    }
    return bytes[at]
  }

  func unexpected(_ expected: StaticString) -> PayloadProblem {
    let byte = bytes[at]
    let found =
      (0x21..<0x7F).contains(byte)
      ? "'\(UnicodeScalar(byte))'" : "byte 0x" + String(byte, radix: 16, uppercase: true)
    return PayloadProblem(
      .notJSON, at: at, "not JSON: \(found) where \(expected) should be; send RFC 8259 JSON")
  }

  private mutating func literal(_ word: StaticString) throws(PayloadProblem) {
    for offset in 0..<word.utf8CodeUnitCount {
      guard try peek("a value") == word.utf8Start[offset] else {
        throw unexpected("true, false or null")
      }
      at += 1
    }
  }

  private mutating func number() throws(PayloadProblem) {
    let start = at
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    var digits = 0
    if try peek("a digit") == UInt8(ascii: "0") {
      at += 1
      digits = 1
    } else {
      digits = try self.digits()
    }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      digits += try self.digits()
    }
    guard digits <= limits.maxDigits else {
      throw PayloadProblem(
        .numberRange, at: start,
        "a number with \(digits) digits, the limit is \(limits.maxDigits); send it as a string")
    }
    guard at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") else { return }
    at += 1
    let sign = try peek("an exponent")
    if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { at += 1 }
    var exponent = 0
    let first = at
    _ = try self.digits()
    for offset in first..<at where exponent <= limits.maxExponent {
      exponent = exponent * 10 + Int(bytes[offset] - UInt8(ascii: "0"))
    }
    guard exponent <= limits.maxExponent else {
      throw PayloadProblem(
        .numberRange, at: start,
        "a number with an exponent beyond \(limits.maxExponent); send it as a string")
    }
  }

  /// At least one digit; how many there were.
  private mutating func digits() throws(PayloadProblem) -> Int {
    let start = at
    while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
    if at == start {
      _ = try peek("a digit")
      throw unexpected("a digit")
    }
    return at - start
  }
}
