/// One byte again and again, packed by gzip to a hundredth and a half of its size.
enum PackedRun {
  /// About so many bytes; there is no checksum behind them.
  static func gzip(of byte: UInt8, count: Int) -> [UInt8] {
    var bits = Bits(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
    // The last block, with the fixed codes of RFC 1951.
    bits.append(0b1, 1)
    bits.append(0b10, 2)
    bits.append(UInt32(byte) + 0x30, 8)
    // The last 258 bytes again, from one byte back.
    for _ in 0..<(count / 258) { bits.append(0b11000101 << 5, 13) }
    bits.append(0, 7)
    return bits.bytes
  }

  private struct Bits {
    var bytes: [UInt8]
    var free = 0

    /// Appends a code, its first bit first.
    mutating func append(_ code: UInt32, _ count: Int) {
      for place in (0..<count).reversed() {
        if free == 0 {
          bytes.append(0)
          free = 8
        }
        if code >> UInt32(place) & 1 == 1 { bytes[bytes.count - 1] |= 1 << UInt8(8 - free) }
        free -= 1
      }
    }
  }
}
