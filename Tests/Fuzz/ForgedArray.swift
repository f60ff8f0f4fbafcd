/// The binary form of an array, walked without any of the decoder's code.
enum ForgedArray {
  /// The bytes as Swell writes an array that means the same: a lower bound of 1, whether there
  /// are NULLs, -1 for each of them, true as 1, and nothing behind the last element.
  @Sendable static func canonical(_ column: ForgedColumn) -> [UInt8]? {
    canonical(column, asJSON: false)
  }

  /// The same, where elements of type json are written as jsonb.
  @Sendable static func canonicalJSON(_ column: ForgedColumn) -> [UInt8]? {
    canonical(column, asJSON: true)
  }

  private static func canonical(_ column: ForgedColumn, asJSON: Bool) -> [UInt8]? {
    guard let bytes = column.value, bytes.count >= 12 else { return nil }
    func word(_ at: Int) -> Int {
      guard at + 4 <= bytes.count else { return 0 }
      return Int(Int32(truncatingIfNeeded: bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }))
    }
    let sent = UInt32(truncatingIfNeeded: word(8))
    let isJSON = asJSON && sent == 114
    let type: UInt32
    switch sent {
    case 114: type = asJSON ? 3802 : 25
    // Texts of every type are written as text.
    case 18, 19, 142, 705, 1042, 1043, 16384...: type = 25
    default: type = sent
    }
    func put(_ value: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
    let count = word(0) == 0 ? 0 : word(12)
    guard count > 0 else { return put(0) + put(0) + put(Int(type)) }
    var elements: [UInt8] = []
    var hasNull = false
    var at = 20
    for _ in 0..<count {
      let length = word(at)
      at += 4
      if length < 0 {
        hasNull = true
        elements += put(-1)
        continue
      }
      guard at + length <= bytes.count else { return [] }
      let value = bytes[at..<at + length]
      elements += put(isJSON ? length + 1 : length) + (isJSON ? [1] : [])
      elements += sent == 16 ? value.map { $0 == 0 ? 0 : 1 } : Array(value)
      at += length
    }
    return put(1) + put(hasNull ? 1 : 0) + put(Int(type)) + put(count) + put(1) + elements
  }
}
