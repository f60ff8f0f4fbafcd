/// Equality of values under a budget: shared parts may make a value larger than any memory.
///
/// What is compared in between is on a stack of its own; a document may nest deeply.
struct Equality {
  /// Two lists or maps of the same size that are equal so far.
  private enum Pair {
    case lists(ElementCursor, ElementCursor)
    case maps([(key: CELValue, value: CELValue)], at: Int, CELMap)
  }

  /// What is left; below zero when the comparison gave up, and its result means nothing.
  var budget: Int
  private var open: [Pair] = []

  init(budget: Int) { self.budget = budget }

  @inline(__always)
  mutating func isEqual(_ left: CELValue, _ right: CELValue) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)): return isEqual(a, b)
    case (.int(let a), .int(let b)): return a == b
    case (.bool(let a), .bool(let b)): return a == b
    case (.null, .null): return true
    case (.list, .list), (.map, .map), (.optional, .optional): return isEqualAll(left, right)
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
    budget &-= (left.storedCount &+ right.storedCount) >> 7
    return left.withUTF8 { a in
      right.withUTF8 { b in
        guard a.count == b.count else { return false }
        return CELString.isEqual(a, b)
      }
    }
  }

  /// Values that have others in them.
  private mutating func isEqualAll(_ left: CELValue, _ right: CELValue) -> Bool {
    guard begin(left, right) else { return false }
    while let (a, b) = next() {
      budget &-= 1
      guard budget >= 0, begin(a, b) else { return false }
    }
    return budget >= 0
  }

  /// Compares two values as far as they have no others in them, which come next then.
  private mutating func begin(_ left: CELValue, _ right: CELValue) -> Bool {
    switch (left, right) {
    case (.list(let a), .list(let b)):
      guard a.count == b.count else { return false }
      open.append(.lists(ElementCursor(a), ElementCursor(b)))
    case (.map(let a), .map(let b)):
      // A map of the host that cannot give its values equals nothing.
      let count = a.count
      budget &-= count >> 2
      guard count == b.count, let members = try? a.members else { return false }
      open.append(.maps(members, at: 0, b))
    case (.optional(let a), .optional(let b)):
      guard let a, let b else { return isNone(a) && isNone(b) }
      return begin(a, b)
    default: return isEqual(left, right)
    }
    return true
  }

  private func isNone(_ content: CELValue?) -> Bool {
    if case .none = content { true } else { false }
  }

  /// The next two values that must be equal. What the right map lacks is compared with what it
  /// cannot equal.
  private mutating func next() -> (CELValue, CELValue)? {
    while let pair = open.popLast() {
      switch pair {
      case .lists(var a, var b):
        guard let left = a.next(), let right = b.next() else { continue }
        open.append(.lists(a, b))
        return (left, right)
      case .maps(let members, let at, let other):
        guard at < members.count else { continue }
        open.append(.maps(members, at: at + 1, other))
        budget &-= other.searchCost
        let found = (try? other.value(of: members[at].key)) ?? nil
        return (members[at].value, found ?? .double(.nan))
      }
    }
    return nil
  }
}
