/// Text as addresses and forms carry it.
public enum PercentEncoding {
  /// One byte as `%2F`.
  public static func encoded(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  /// Everything but letters, digits and `-._~` percent-encoded: fit for any place of an address.
  ///
  /// - Parameter space: what stands for a space; forms have `+`.
  public static func encoded(_ text: String, space: String = "%20") -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      let isPlain =
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
        || "-._~".utf8.contains(byte)
      if isPlain {
        bytes.append(byte)
      } else if byte == 0x20 {
        bytes.append(contentsOf: space.utf8)
      } else {
        bytes.append(contentsOf: encoded(byte))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
