extension JSONScanner {
  /// How many entries most texts have at most.
  static func likelyCapacity(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    bytes.count / 6 + 16
  }

  /// How many entries a text can have at most: before each but the first stands one of `,:[{`.
  static func capacity(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var separators = 3
    for byte in bytes {
      let isBracket = byte & 0xDF == 0x5B
      separators &+= isBracket || byte == 0x2C || byte == 0x3A ? 1 : 0
    }
    return separators
  }
}
