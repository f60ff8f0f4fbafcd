/// Equality of values under a budget: shared parts may make a value larger than any memory.
struct Equality {
  /// What is left; below zero when the comparison gave up, and its result means nothing.
  var budget: Int

  @inline(__always)
  mutating func isEqual(_ left: CELValue, _ right: CELValue) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)): return isEqual(a, b)
    case (.int(let a), .int(let b)): return a == b
    case (.bool(let a), .bool(let b)): return a == b
    case (.null, .null): return true
    case (.list(let a), .list(let b)): return isEqual(a, b)
    case (.map(let a), .map(let b)): return isEqual(a, b)
    case (.optional(let a), .optional(let b)): return isEqualContent(a, b)
    default: return Self.isEqualScalar(left, right)
    }
  }

  private static func isEqualScalar(_ left: CELValue, _ right: CELValue) -> Bool {
    switch (left, right) {
    case (.double(let a), .double(let b)): a == b
    case (.uint(let a), .uint(let b)): a == b
    case (.int, .double), (.double, .int), (.int, .uint), (.uint, .int), (.uint, .double),
      (.double, .uint):
      CELNumber.compare(left, right) == 0
    case (.bytes(let a), .bytes(let b)): a == b
    case (.type(let a), .type(let b)): a.name == b.name
    case (.timestamp(let a), .timestamp(let b)): a == b
    case (.duration(let a), .duration(let b)): a == b
    default: false
    }
  }

  @inline(__always)
  private mutating func isEqual(_ left: CELString, _ right: CELString) -> Bool {
    left.withUTF8 { a in
      right.withUTF8 { b in
        guard a.count == b.count else { return false }
        budget &-= a.count >> 6
        return CELString.isEqual(a, b)
      }
    }
  }

  private mutating func isEqualContent(_ left: CELValue?, _ right: CELValue?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return isEqual(left, right)
  }

  private mutating func isEqual(_ left: CELList, _ right: CELList) -> Bool {
    guard left.count == right.count else { return false }
    var a = ElementCursor(left)
    var b = ElementCursor(right)
    while let element = a.next(), let other = b.next() {
      budget &-= 1
      guard budget >= 0, isEqual(element, other) else { return false }
    }
    return true
  }

  private mutating func isEqual(_ left: CELMap, _ right: CELMap) -> Bool {
    // A map of the host that cannot give its values equals nothing.
    guard left.count == right.count, let members = try? left.members else { return false }
    let cost = right.searchCost
    for member in members {
      budget &-= cost
      guard budget >= 0, let found = try? right.value(of: member.key),
        isEqual(member.value, found)
      else { return false }
    }
    return true
  }
}
