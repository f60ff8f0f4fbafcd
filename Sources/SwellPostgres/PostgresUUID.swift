/// A UUID as sixteen bytes, ordered as PostgreSQL orders them.
public struct PostgresUUID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The first and the last eight bytes, in network order.
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads 32 hexadecimal digits, in either case, with the four canonical hyphens or with none.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 32 || bytes.count == 36 else { return nil }
    var digits = 0
    var high: UInt64 = 0
    var low: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      if bytes.count == 36, [8, 13, 18, 23].contains(index) {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let value: UInt8
      switch byte {
      case 48...57: value = byte - 48
      case 65...70: value = byte - 55
      case 97...102: value = byte - 87
      default: return nil
      }
      if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
      digits += 1
    }
    guard digits == 32 else { return nil }
    self.init(high: high, low: low)
  }

  /// A new UUID of version 4.
  public static func random() -> PostgresUUID {
    var generator = SystemRandomNumberGenerator()
    return random(using: &generator)
  }

  public static func random(using generator: inout some RandomNumberGenerator) -> PostgresUUID {
    PostgresUUID(
      high: generator.next() & 0xffff_ffff_ffff_0fff | 0x4000,
      low: generator.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
  }

  public static func < (left: PostgresUUID, right: PostgresUUID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// The canonical form, in lower case.
  public var description: String {
    String(unsafeUninitializedCapacity: 36) { buffer in
      var position = 0
      for index in 0..<32 {
        if [8, 12, 16, 20].contains(index) {
          buffer[position] = UInt8(ascii: "-")
          position += 1
        }
        let half = index < 16 ? high : low
        let digit = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (index % 16))) & 15
        buffer[position] = digit < 10 ? 48 + digit : 87 + digit
        position += 1
      }
      return position
    }
  }
}
