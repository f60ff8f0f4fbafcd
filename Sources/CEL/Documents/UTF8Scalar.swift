/// Unicode scalars in bytes of UTF-8.
enum UTF8Scalar {
  /// How many bytes the scalar at a pointer takes; 0 when that is not valid UTF-8.
  static func length(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int {
    guard count > 0 else { return 0 }
    func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      offset < count && range.contains(bytes[offset])
    }
    switch bytes[0] {
    case 0..<0x80: return 1
    case 0xC2...0xDF: return follows(1) ? 2 : 0
    case 0xE0: return follows(1, 0xA0...0xBF) && follows(2) ? 3 : 0
    case 0xED: return follows(1, 0x80...0x9F) && follows(2) ? 3 : 0
    case 0xE1...0xEF: return follows(1) && follows(2) ? 3 : 0
    case 0xF0: return follows(1, 0x90...0xBF) && follows(2) && follows(3) ? 4 : 0
    case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : 0
    case 0xF4: return follows(1, 0x80...0x8F) && follows(2) && follows(3) ? 4 : 0
    default: return 0
    }
  }

  /// The scalar at an offset of valid UTF-8, and the offset after it.
  @inline(__always)
  static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at offset: inout Int) -> UInt32 {
    let first = bytes[offset]
    if first < 0x80 {
      offset &+= 1
      return UInt32(first)
    }
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var scalar = UInt32(first) & (0xFF >> UInt32(length + 1))
    for next in offset + 1..<min(offset + length, bytes.count) {
      scalar = scalar << 6 | UInt32(bytes[next] & 0x3F)
    }
    offset = min(offset + length, bytes.count)
    return scalar
  }

  /// How many scalars valid UTF-8 has.
  static func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count &+= 1 }
    return count
  }

  static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    var at = 0
    while at < bytes.count {
      let length = length(base + at, count: bytes.count - at)
      if length == 0 { return false }
      at += length
    }
    return true
  }
}
