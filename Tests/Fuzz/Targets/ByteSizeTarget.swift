import SwellModel

/// `ByteSizeText`, against a second reader.
enum ByteSizeTarget: FuzzTarget {
  static let name = "byte-size"
  static let maxBytes = 128

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    let text = String(decoding: input, as: UTF8.self)
    let found = ByteSizeText.parse(text)
    let expected = bytes(Array(text.utf8))
    try FuzzFinding.unless(
      found == expected,
      "\(found.map(String.init) ?? "refused"), should be \(expected.map(String.init) ?? "refused")")
  }

  private static func bytes(_ text: [UInt8]) -> Int? {
    let digits = text.prefix { (0x30...0x39).contains($0) }
    let units: [(String, Int128)] = [
      ("", 1), ("B", 1), ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824),
    ]
    guard !digits.isEmpty,
      let unit = units.first(where: { text[digits.endIndex...].elementsEqual($0.0.utf8) })
    else { return nil }
    var count: Int128 = 0
    for digit in digits {
      count = count * 10 + Int128(digit - 0x30)
      if count > Int128(Int.max) { return nil }
    }
    return count > 0 ? Int(exactly: count * unit.1) : nil
  }
}
