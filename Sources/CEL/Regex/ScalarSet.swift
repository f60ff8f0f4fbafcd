/// A set of characters.
struct ScalarSet: Sendable {
  /// Ranges and classes that it is made of, before it is turned around.
  private(set) var ranges: [ClosedRange<UInt32>] = []
  private var classes: [Class] = []
  private var isNegated = false
  private var ignoresCase = false
  /// For ASCII, what `contains` says.
  private var ascii: (UInt64, UInt64) = (0, 0)

  private struct Class: Sendable {
    var categories: Set<String>
    var isNegated: Bool
  }

  mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

  mutating func insert(_ other: [ClosedRange<UInt32>], isNegated: Bool = false) {
    guard isNegated else { return ranges.append(contentsOf: other) }
    var next: UInt32 = 0
    for range in other.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if next < range.lowerBound { ranges.append(next...(range.lowerBound - 1)) }
      next = max(next, range.upperBound + 1)
    }
    ranges.append(next...0x10FFFF)
  }

  /// The characters whose general category is one of these, such as `Lu`.
  mutating func insert(categories: Set<String>, isNegated: Bool) {
    classes.append(Class(categories: categories, isNegated: isNegated))
  }

  /// Ends the making of the set.
  mutating func seal(isNegated: Bool, ignoresCase: Bool) {
    self.isNegated = isNegated
    self.ignoresCase = ignoresCase
    for scalar in UInt32(0)..<128 where search(scalar) {
      if scalar < 64 { ascii.0 |= 1 << UInt64(scalar) } else { ascii.1 |= 1 << UInt64(scalar - 64) }
    }
  }

  @inline(__always)
  func contains(_ scalar: UInt32) -> Bool {
    if scalar < 64 { return ascii.0 >> UInt64(scalar) & 1 == 1 }
    if scalar < 128 { return ascii.1 >> UInt64(scalar - 64) & 1 == 1 }
    return search(scalar)
  }

  private func search(_ scalar: UInt32) -> Bool {
    var isFound = isListed(scalar)
    if !isFound, ignoresCase, scalar < 128 {
      isFound = 0x41...0x5A ~= scalar & ~0x20 && isListed(scalar ^ 0x20)
    } else if !isFound, ignoresCase, let character = Unicode.Scalar(scalar) {
      let properties = character.properties
      isFound =
        [properties.lowercaseMapping, properties.uppercaseMapping].contains { mapping in
          let scalars = mapping.unicodeScalars
          guard scalars.count == 1, let other = scalars.first else { return false }
          return isListed(other.value)
        }
    }
    return isFound != isNegated
  }

  private func isListed(_ scalar: UInt32) -> Bool {
    if ranges.contains(where: { $0.contains(scalar) }) { return true }
    guard !classes.isEmpty, let character = Unicode.Scalar(scalar) else { return false }
    let category = GeneralCategory.name(character.properties.generalCategory)
    return classes.contains { $0.categories.contains(category) != $0.isNegated }
  }
}
