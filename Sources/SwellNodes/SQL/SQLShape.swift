/// How the values of a type look in JSON.
indirect enum SQLShape: Sendable, Hashable {
  case bool
  /// A whole number.
  case integer
  case number
  case json
  case timestamp
  /// Bytes, which JSON has as base64.
  case bytes
  /// Anything else, as PostgreSQL writes it.
  case text
  case list(SQLShape, delimiter: UInt8)

  /// The oid of `jsonb`.
  static let jsonb: UInt32 = 3802

  /// The types that need no look into `pg_type`.
  static let known: [UInt32: SQLShape] = {
    var known: [UInt32: SQLShape] = [
      16: .bool, 17: .bytes, 20: .integer, 21: .integer, 23: .integer, 26: .integer, 114: .json,
      700: .number, 701: .number, 1114: .timestamp, 1184: .timestamp, 1700: .number, jsonb: .json,
      // text, char, name, varchar, bpchar, unknown, xml
      25: .text, 18: .text, 19: .text, 1043: .text, 1042: .text, 705: .text, 142: .text,
      // date, time, timetz, interval, uuid, inet, cidr, money; void, as functions return it
      1082: .text, 1083: .text, 1266: .text, 1186: .text, 2950: .text, 869: .text, 650: .text,
      790: .text, 2278: .text,
    ]
    let elements: [UInt32: UInt32] = [
      1000: 16, 1001: 17, 1005: 21, 1007: 23, 1016: 20, 1021: 700, 1022: 701, 1231: 1700, 199: 114,
      3807: 3802, 1009: 25, 1015: 1043, 1014: 1042, 2951: 2950, 1115: 1114, 1185: 1184, 1182: 1082,
    ]
    for (list, element) in elements {
      known[list] = known[element].map { .list($0, delimiter: UInt8(ascii: ",")) }
    }
    return known
  }()
}
