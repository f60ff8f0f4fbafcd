/// All addresses with the same first bits, as `10.0.0.0/8`.
struct AddressRange: Sendable, Hashable {
  var base: IPAddress
  var length: Int

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let base = IPAddress(String(parts[0])),
      let length = Int(parts[1]), (0...base.bytes.count * 8).contains(length)
    else { return nil }
    self.base = base
    self.length = length
  }

  /// The range of one address.
  init(_ address: IPAddress) {
    base = address
    length = address.bytes.count * 8
  }

  func contains(_ address: IPAddress) -> Bool {
    guard address.bytes.count == base.bytes.count else { return false }
    let whole = length / 8
    guard address.bytes[..<whole] == base.bytes[..<whole] else { return false }
    let rest = length % 8
    return rest == 0 || (address.bytes[whole] ^ base.bytes[whole]) >> UInt8(8 - rest) == 0
  }
}
