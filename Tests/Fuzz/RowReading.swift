import SwellPostgres

/// One decoder of `Row`, and how its answer is encoded again.
struct RowReading: Sendable {
  var name: String
  /// The bytes that a value's encoding has; nil when there is no value.
  private var decode: @Sendable (Row, Int) throws(PostgresError) -> [UInt8]?
  /// The bytes of the column as the encoding should have them; nil leaves them unchecked.
  private var expected: @Sendable (ForgedColumn) -> [UInt8]?

  /// Checks the decoder on a column.
  func check(_ row: Row, _ index: Int, _ column: ForgedColumn) throws(FuzzFinding) {
    do {
      guard let bytes = try decode(row, index) else {
        return try FuzzFinding.unless(column.value == nil, "\(name): nil for a value")
      }
      try FuzzFinding.unless(column.value != nil, "\(name): a value for NULL")
      if let expected = expected(column) {
        try FuzzFinding.unless(
          bytes == expected, "\(name): \(bytes) of \(column.value ?? []) (type \(column.type))")
      }
    } catch let finding as FuzzFinding {
      throw finding
    } catch let error as PostgresError {
      try FuzzFinding.unless(error.code == .decoding, "\(name): \(error)")
    } catch {
      throw FuzzFinding("\(name): \(error)")
    }
  }

  /// Whether it says that there is nothing to decode.
  func refuses(_ row: Row, _ column: Int) -> Bool {
    do {
      _ = try decode(row, column)
      return false
    } catch {
      return error.code == .decoding
    }
  }

  private static func single<Value>(
    _ name: String, _ read: @escaping @Sendable (Row, Int) throws(PostgresError) -> Value?,
    _ append: @escaping @Sendable (inout Parameters, Value) -> Void,
    _ expected: @escaping @Sendable (ForgedColumn) -> [UInt8]? = { $0.value }
  ) -> RowReading {
    RowReading(
      name: name,
      decode: { (row, column) throws(PostgresError) in
        guard let value = try read(row, column) else { return nil }
        var parameters = Parameters()
        append(&parameters, value)
        return parameters.bytes
      }, expected: expected)
  }

  static let all: [RowReading] = [
    single("int16", { row, at throws(PostgresError) in try row.int16(at) }, { $0.append($1) }),
    single("int32", { row, at throws(PostgresError) in try row.int32(at) }, { $0.append($1) }),
    single("int64", { row, at throws(PostgresError) in try row.int64(at) }, { $0.append($1) }),
    single("double", { row, at throws(PostgresError) in try row.double(at) }, { $0.append($1) }),
    single(
      "bool", { row, at throws(PostgresError) in try row.bool(at) }, { $0.append($1) },
      { $0.value.map { $0.map { $0 == 0 ? 0 : 1 } } }),
    single("string", { row, at throws(PostgresError) in try row.string(at) }, { $0.append($1) }),
    single("uuid", { row, at throws(PostgresError) in try row.uuid(at) }, { $0.append($1) }),
    single(
      "json", { row, at throws(PostgresError) in try row.json(at) }, { $0.append(json: $1) },
      { column in
        let isBinaryJSONB = column.isBinary && column.type == 3802
        return column.value.map { isBinaryJSONB ? $0 : [1] + $0 }
      }),
    single(
      "timestamp", { row, at throws(PostgresError) in try row.timestampMicroseconds(at) },
      { $0.append($1) }, timestamp),
    single(
      "optionalInt16", { row, at throws(PostgresError) in try row.optionalInt16(at) },
      { $0.append($1) }),
    single(
      "optionalInt32", { row, at throws(PostgresError) in try row.optionalInt32(at) },
      { $0.append($1) }),
    single(
      "optionalInt64", { row, at throws(PostgresError) in try row.optionalInt64(at) },
      { $0.append($1) }),
    single(
      "optionalDouble", { row, at throws(PostgresError) in try row.optionalDouble(at) },
      { $0.append($1) }),
    single(
      "optionalString", { row, at throws(PostgresError) in try row.optionalString(at) },
      { $0.append($1) }),
    single(
      "optionalUUID", { row, at throws(PostgresError) in try row.optionalUUID(at) },
      { $0.append($1) }),
    single(
      "int16Array", { row, at throws(PostgresError) in try row.int16Array(at) },
      { $0.append(array: $1) }, ForgedArray.canonical),
    single(
      "int32Array", { row, at throws(PostgresError) in try row.int32Array(at) },
      { $0.append(array: $1) }, ForgedArray.canonical),
    single(
      "int64Array", { row, at throws(PostgresError) in try row.int64Array(at) },
      { $0.append(array: $1) }, ForgedArray.canonical),
    single(
      "optionalInt64Array", { row, at throws(PostgresError) in try row.optionalInt64Array(at) },
      { $0.append(optionalArray: $1) }, ForgedArray.canonical),
    single(
      "doubleArray", { row, at throws(PostgresError) in try row.doubleArray(at) },
      { $0.append(array: $1) }, ForgedArray.canonical),
    single(
      "boolArray", { row, at throws(PostgresError) in try row.boolArray(at) },
      { $0.append(array: $1) }, ForgedArray.canonical),
    single(
      "stringArray", { row, at throws(PostgresError) in try row.stringArray(at) },
      { $0.append(array: $1) }, ForgedArray.canonical),
    single(
      "optionalStringArray", { row, at throws(PostgresError) in try row.optionalStringArray(at) },
      { $0.append(optionalArray: $1) }, ForgedArray.canonical),
    single(
      "uuidArray", { row, at throws(PostgresError) in try row.uuidArray(at) },
      { $0.append(array: $1) }, ForgedArray.canonical),
    single(
      "optionalJSONArray", { row, at throws(PostgresError) in try row.optionalJSONArray(at) },
      { $0.append(jsonArray: $1) }, ForgedArray.canonicalJSON),
  ]

  /// Microseconds since 1970 instead of 2000, and infinity as the ends of the numbers.
  @Sendable private static func timestamp(_ column: ForgedColumn) -> [UInt8]? {
    guard let bytes = column.value, bytes.count == 8 else { return nil }
    let sent = bytes.reduce(0 as Int64) { $0 << 8 | Int64($1) }
    let (sum, isBeyond) = sent.addingReportingOverflow(946_684_800_000_000)
    let value = sent == .min ? .min : isBeyond ? .max : sum
    return (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
  }
}
