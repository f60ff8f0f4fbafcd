/// The built-in types of PostgreSQL this module reads and writes.
enum TypeOID {
  static let bool: UInt32 = 16
  static let char: UInt32 = 18
  static let name: UInt32 = 19
  static let int8: UInt32 = 20
  static let int2: UInt32 = 21
  static let int4: UInt32 = 23
  static let text: UInt32 = 25
  static let oid: UInt32 = 26
  static let json: UInt32 = 114
  static let xml: UInt32 = 142
  static let float8: UInt32 = 701
  static let unknown: UInt32 = 705
  static let bpchar: UInt32 = 1042
  static let varchar: UInt32 = 1043
  static let timestamp: UInt32 = 1114
  static let timestamptz: UInt32 = 1184
  static let uuid: UInt32 = 2950
  static let jsonb: UInt32 = 3802

  /// Whether the binary form of the type is its text: true too for every type made by users,
  /// since enumerations and `citext` are, and nothing else of theirs is read here.
  static func isText(_ oid: UInt32) -> Bool {
    [text, varchar, name, bpchar, json, xml, unknown, char].contains(oid) || oid >= 16384
  }
}
