/// Comparison of numbers across their types, exact for all of them.
enum CELNumber {
  /// Below, at or above zero as the left is less than, equal to or greater than the right; nil
  /// for a NaN, and for what is no number.
  static func compare(_ left: CELValue, _ right: CELValue) -> Int? {
    switch (left, right) {
    case (.int(let a), .int(let b)): a < b ? -1 : a == b ? 0 : 1
    case (.uint(let a), .uint(let b)): a < b ? -1 : a == b ? 0 : 1
    case (.double(let a), .double(let b)): a < b ? -1 : a == b ? 0 : a > b ? 1 : nil
    case (.int(let a), .uint(let b)): a < 0 ? -1 : UInt64(a) < b ? -1 : UInt64(a) == b ? 0 : 1
    case (.uint(let a), .int(let b)): b < 0 ? 1 : a < UInt64(b) ? -1 : a == UInt64(b) ? 0 : 1
    case (.int(let a), .double(let b)): compare(a, b)
    case (.double(let a), .int(let b)): compare(b, a).map { -$0 }
    case (.uint(let a), .double(let b)): compare(a, b)
    case (.double(let a), .uint(let b)): compare(b, a).map { -$0 }
    default: nil
    }
  }

  private static func compare<Whole: FixedWidthInteger>(_ whole: Whole, _ other: Double) -> Int? {
    if other.isNaN { return nil }
    if other < Double(Whole.min) { return 1 }
    // The maximum itself rounds up to the first number that is out of range.
    if other >= Double(Whole.max) { return -1 }
    let floor = Whole(other.rounded(.down))
    if whole < floor { return -1 }
    if whole > floor { return 1 }
    return other == other.rounded(.down) ? 0 : -1
  }

  static func isNumber(_ value: CELValue) -> Bool {
    switch value {
    case .int, .uint, .double: true
    default: false
    }
  }

  static func double(_ value: CELValue) -> Double? {
    switch value {
    case .int(let number): Double(number)
    case .uint(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }
}
