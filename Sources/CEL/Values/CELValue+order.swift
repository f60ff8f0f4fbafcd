extension CELValue {
  /// Below, at or above zero as this comes before, with or after another value.
  ///
  /// - Returns: nil when a NaN is one of them.
  /// - Throws: `no_such_overload` for values that have no order.
  func order(_ other: CELValue) throws(CELError) -> Int? {
    func sign<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a == b ? 0 : 1 }
    switch (self, other) {
    case (.int(let a), .int(let b)): return sign(a, b)
    case (.double(let a), .double(let b)): return a.isNaN || b.isNaN ? nil : sign(a, b)
    case (.string(let a), .string(let b)): return sign(a, b)
    case (.timestamp(let a), .timestamp(let b)): return sign(a, b)
    case (.duration(let a), .duration(let b)): return sign(a, b)
    case (.bool(let a), .bool(let b)): return sign(a ? 1 : 0, b ? 1 : 0)
    case (.bytes(let a), .bytes(let b)):
      return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    default:
      guard let a = CELNumber.double(self), let b = CELNumber.double(other) else {
        throw .noOverload
      }
      switch (self, other) {
      // Next to a double, the specification orders whole numbers as the doubles they round to.
      case (.double, _), (_, .double): return a.isNaN || b.isNaN ? nil : sign(a, b)
      default: return CELNumber.compare(self, other)
      }
    }
  }

  /// What looking at the value costs of the budget of steps.
  var orderCost: Int {
    switch self {
    case .string(let text): text.storedCount >> 6
    case .bytes(let bytes): bytes.count >> 6
    default: 0
    }
  }
}
