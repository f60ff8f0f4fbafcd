/// A number of JSON as exactly as it was written: neither 64 bits nor a double bound it.
public struct ExactNumber: Sendable, Hashable {
  let isNegative: Bool
  /// From the first that is not 0 to the last that is not 0; none for zero.
  let digits: [UInt8]
  /// The power of ten of the last digit; 0 for zero.
  let exponent: Int

  static let zero = ExactNumber(isNegative: false, digits: [], exponent: 0)

  private init(isNegative: Bool, digits: [UInt8], exponent: Int) {
    self.isNegative = isNegative
    self.digits = digits
    self.exponent = exponent
  }

  init(_ number: Int) {
    self.init(Array(String(number).utf8)[...])
  }

  /// - Parameter text: a number of JSON.
  init(_ text: ArraySlice<UInt8>) {
    let isNegative = text.first == UInt8(ascii: "-")
    var digits: [UInt8] = []
    var exponent = 0
    var hasPoint = false
    var at = text.startIndex + (isNegative ? 1 : 0)
    while at < text.endIndex {
      let byte = text[at]
      at += 1
      switch byte {
      case UInt8(ascii: "."): hasPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        exponent += Int(String(decoding: text[at...], as: UTF8.self)) ?? 0
        at = text.endIndex
      default:
        if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte) }
        if hasPoint { exponent -= 1 }
      }
    }
    while digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      exponent += 1
    }
    self =
      digits.isEmpty
      ? .zero : ExactNumber(isNegative: isNegative, digits: digits, exponent: exponent)
  }

  /// Whether it is whole: `1.0` is.
  var isWhole: Bool { exponent >= 0 }

  /// Whether it is a whole multiple of a number above zero of at most 17 digits.
  func isMultiple(of divisor: ExactNumber) -> Bool {
    guard !digits.isEmpty else { return true }
    guard let number = divisor.small, number > 0 else { return false }
    // The last digit is not 0, so that no power of ten divides it.
    guard exponent >= divisor.exponent else { return false }
    var rest: UInt64 = 0
    for digit in digits { rest = (rest * 10 + UInt64(digit - 0x30)) % number }
    for _ in 0..<(exponent - divisor.exponent) where rest != 0 { rest = rest * 10 % number }
    return rest == 0
  }

  /// The digits as a number, if they are few enough to reckon with.
  var small: UInt64? {
    digits.count <= 17
      ? UInt64(digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)) : nil
  }

  /// The number written out, without a power of ten, as PostgreSQL writes it.
  var text: String {
    guard !digits.isEmpty else { return "0" }
    var text = digits
    if exponent >= 0 {
      text += [UInt8](repeating: UInt8(ascii: "0"), count: exponent)
    } else {
      let missing = 1 - exponent - digits.count
      if missing > 0 { text = [UInt8](repeating: UInt8(ascii: "0"), count: missing) + text }
      text.insert(UInt8(ascii: "."), at: text.count + exponent)
    }
    return (isNegative ? "-" : "") + String(decoding: text, as: UTF8.self)
  }
}

extension ExactNumber: Comparable {
  public static func < (left: ExactNumber, right: ExactNumber) -> Bool {
    if left.sign != right.sign { return left.sign < right.sign }
    return left.isNegative
      ? right.isSmaller(than: left) : left.isSmaller(than: right)
  }

  private var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

  /// Of two numbers with the same sign, by their digits alone.
  private func isSmaller(than other: ExactNumber) -> Bool {
    let (size, otherSize) = (digits.count + exponent, other.digits.count + other.exponent)
    if size != otherSize { return size < otherSize }
    return digits.lexicographicallyPrecedes(other.digits)
  }
}
