import CLibpq
import SwellPostgres

/// One column of a row that no server has sent.
struct ForgedColumn {
  /// Those that the decoders know, one of the built-in others, and one of a user's.
  private static let types: [UInt32] = [
    16, 18, 19, 20, 21, 23, 25, 26, 114, 142, 701, 705, 1042, 1043, 1114, 1184, 2950, 3802, 1700,
    16_385, 1000, 1005, 1007, 1016, 1009, 1022, 2951, 3807,
  ]

  var name: [UInt8]
  var type: UInt32
  var isBinary: Bool
  /// Nil for NULL.
  var value: [UInt8]?

  /// Up to four columns: a byte for the type, one for format, NULL and the name's length, two
  /// for the value's length, then name and value.
  static func read(_ input: [UInt8]) -> [ForgedColumn] {
    var rest = input[...]
    var columns: [ForgedColumn] = []
    while columns.count < 4, rest.count >= 4 {
      let head = Array(rest.prefix(4))
      rest = rest.dropFirst(4)
      let name = Array(rest.prefix(Int(head[1] >> 4)))
      rest = rest.dropFirst(name.count)
      let value = Array(rest.prefix(Int(head[2]) | Int(head[3]) << 8))
      rest = rest.dropFirst(value.count)
      columns.append(
        ForgedColumn(
          name: name, type: types[Int(head[0]) % types.count], isBinary: head[1] & 1 == 1,
          value: head[1] & 6 == 6 ? nil : value))
    }
    return columns
  }

  static func rows(_ columns: [ForgedColumn]) -> Rows? {
    guard let result = PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK) else { return nil }
    var names = columns.map { $0.name.map(CChar.init(bitPattern:)) + [0] }
    var made = 1 as Int32
    withPointers(&names, from: 0) { pointers in
      var attributes = zip(columns, pointers).map { column, name in
        PGresAttDesc(
          name: name, tableid: 0, columnid: 0, format: column.isBinary ? 1 : 0,
          typid: column.type, typlen: -1, atttypmod: -1)
      }
      if !columns.isEmpty {
        made = PQsetResultAttrs(result, Int32(attributes.count), &attributes)
      }
    }
    for (index, column) in columns.enumerated() where made == 1 {
      var value = (column.value ?? []).map(CChar.init(bitPattern:)) + [0]
      made = PQsetvalue(
        result, 0, Int32(index), &value, column.value.map { Int32($0.count) } ?? -1)
    }
    guard made == 1 else {
      PQclear(result)
      return nil
    }
    return Rows(owning: result)
  }

  private static func withPointers(
    _ names: inout [[CChar]], from index: Int, _ taken: [UnsafeMutablePointer<CChar>] = [],
    _ body: ([UnsafeMutablePointer<CChar>]) -> Void
  ) {
    guard index < names.count else { return body(taken) }
    var name = names[index]
    name.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      withPointers(&names, from: index + 1, taken + [base], body)
    }
  }
}
