/// Numbers of JSON, read from bytes that are known to be one.
enum JSONNumber {
  /// The whole number, if it fits 64 bits.
  @inline(__always)
  static func int(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int64? {
    let isNegative = bytes[0] == 0x2D
    var at = isNegative ? 1 : 0
    if count - at < 19 {
      var value: Int64 = 0
      while at < count {
        value = value &* 10 &+ Int64(bytes[at] &- 0x30)
        at &+= 1
      }
      return isNegative ? 0 &- value : value
    }
    var value: Int64 = 0
    while at < count {
      let digit = Int64(bytes[at] &- 0x30)
      let (tens, isLost) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooMuch) =
        isNegative
        ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
      if isLost || isTooMuch { return nil }
      value = sum
      at &+= 1
    }
    return value
  }

  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  static func double(_ bytes: UnsafePointer<UInt8>, count: Int) -> Double {
    // Digits and a power of ten that are both exact give an exactly rounded quotient.
    var mantissa: UInt64 = 0
    var decimals = 0
    var digits = 0
    var hasPoint = false
    var isExact = true
    let isNegative = bytes[0] == 0x2D
    for at in (isNegative ? 1 : 0)..<count {
      let byte = bytes[at]
      if byte == 0x2E {
        hasPoint = true
        continue
      }
      guard byte &- 0x30 < 10, digits < 15 else {
        isExact = false
        break
      }
      mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
      if mantissa != 0 { digits += 1 }
      if hasPoint { decimals += 1 }
    }
    if isExact, decimals < powers.count {
      let value = Double(mantissa) / powers[decimals]
      return isNegative ? -value : value
    }
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    return Double(text) ?? .infinity
  }
}
