import SwellPostgres

/// `PostgresUUID` as text: what is read is written the same, but for letter case and hyphens.
enum UUIDTarget: FuzzTarget {
  static let name = "uuid"
  static let maxBytes = 128

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    let text = String(decoding: input, as: UTF8.self)
    let hyphens = [8, 13, 18, 23]
    let bytes = Array(text.utf8)
    let isHexadecimal: (UInt8) -> Bool = { byte in
      (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }
    let isLong =
      bytes.count == 36
      && bytes.indices.allSatisfy {
        hyphens.contains($0) ? bytes[$0] == UInt8(ascii: "-") : isHexadecimal(bytes[$0])
      }
    let isUUID = isLong || bytes.count == 32 && bytes.allSatisfy(isHexadecimal)
    guard let uuid = PostgresUUID(text) else {
      return try FuzzFinding.unless(!isUUID, "refused")
    }
    try FuzzFinding.unless(isUUID, "read as \(uuid)")
    let written = uuid.description
    try FuzzFinding.unless(PostgresUUID(written) == uuid, "written as \(written)")
    try FuzzFinding.unless(
      written.filter { $0 != "-" } == text.lowercased().filter { $0 != "-" },
      "written as \(written)")
  }
}
