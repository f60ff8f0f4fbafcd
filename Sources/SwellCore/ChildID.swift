/// The id of a child run: a UUIDv7 that follows from who asks for it, so that whoever plans the same
/// attempt again asks for the same run.
enum ChildID {
  /// - Parameters:
  ///   - parent: the id of the run that asks, as text.
  ///   - milliseconds: since 1970, by the database's clock.
  static func make(parent: String, unit: Unit, attempt: Int, milliseconds: Int64) -> String {
    let digits = parent.utf8.compactMap { byte in
      byte == UInt8(ascii: "-") ? nil : UInt64(Character(Unicode.Scalar(byte)).hexDigitValue ?? 0)
    }
    var state: UInt64 = 0x5375_6c6c
    for digit in digits { state = mix(state ^ digit) }
    for part in [unit.node, unit.item, unit.iteration, attempt] {
      state = mix(state ^ UInt64(bitPattern: Int64(part)))
    }
    let high = (UInt64(bitPattern: milliseconds) << 16) | 0x7000 | (state & 0x0fff)
    let low = (mix(state) & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000
    return text(high, low)
  }

  /// A number from 0 up to but not including 1 that follows from another one.
  static func fraction(of number: Int64) -> Double {
    Double(mix(UInt64(bitPattern: number)) >> 11) * 0x1p-53
  }

  /// One step of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  private static func text(_ high: UInt64, _ low: UInt64) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    for place in 0..<32 {
      if [8, 12, 16, 20].contains(place) { bytes.append(UInt8(ascii: "-")) }
      let half = place < 16 ? high : low
      bytes.append(digits[Int((half >> UInt64(60 - 4 * (place % 16))) & 15)])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
