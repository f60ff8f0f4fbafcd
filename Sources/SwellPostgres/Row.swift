import CLibpq

/// One row. Columns are counted from zero; each accessor reads exactly one type of
/// PostgreSQL and throws `.decoding` for another, for NULL, and for a column not there.
public struct Row: Sendable {
  let box: ResultBox
  let index: Int32

  public func isNull(_ column: Int) -> Bool {
    guard has(column) else { return true }
    return PQgetisnull(box.result, index, Int32(column)) == 1
  }

  public func int16(_ column: Int) throws(PostgresError) -> Int16 {
    try integer(column, [TypeOID.int2])
  }

  public func int32(_ column: Int) throws(PostgresError) -> Int32 {
    try integer(column, [TypeOID.int4, TypeOID.oid])
  }

  public func int64(_ column: Int) throws(PostgresError) -> Int64 {
    try integer(column, [TypeOID.int8])
  }

  public func double(_ column: Int) throws(PostgresError) -> Double {
    Double(bitPattern: try integer(column, [TypeOID.float8]))
  }

  public func bool(_ column: Int) throws(PostgresError) -> Bool {
    let value: UInt8 = try integer(column, [TypeOID.bool])
    return value != 0
  }

  /// The value of a column whose type is text, or of any column in the answer to a script.
  public func string(_ column: Int) throws(PostgresError) -> String {
    let bytes = try value(column)
    guard isTextFormat(column) || TypeOID.isText(type(column)) else {
      throw mismatch(column, "text")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw mismatch(column, "UTF-8")
    }
    return text
  }

  /// The bytes of a value as the server wrote them: text in the answer to a statement that was parsed.
  /// nil for NULL.
  public func bytes(_ column: Int) -> [UInt8]? {
    (try? value(column)).map { Array($0) }
  }

  public func uuid(_ column: Int) throws(PostgresError) -> PostgresUUID {
    let bytes = try value(column)
    guard !isTextFormat(column), type(column) == TypeOID.uuid, let uuid = PostgresUUID(bytes)
    else { throw mismatch(column, "uuid") }
    return uuid
  }

  /// The text of a `json`, `jsonb` or text column.
  public func json(_ column: Int) throws(PostgresError) -> [UInt8] {
    let bytes = try value(column)
    if isTextFormat(column) { return Array(bytes) }
    switch type(column) {
    case TypeOID.jsonb:
      guard let text = RowValue.jsonText(bytes) else { throw mismatch(column, "jsonb version 1") }
      return text
    case let oid where TypeOID.isText(oid):
      return Array(bytes)
    default:
      throw mismatch(column, "json")
    }
  }

  /// Microseconds since 1970 of a `timestamptz` or `timestamp`; infinity becomes the largest
  /// or smallest number.
  public func timestampMicroseconds(_ column: Int) throws(PostgresError) -> Int64 {
    let value: Int64 = try integer(column, [TypeOID.timestamptz, TypeOID.timestamp])
    if value == .min { return .min }
    let (sum, overflow) = value.addingReportingOverflow(946_684_800_000_000)
    return overflow ? .max : sum
  }

  /// The bytes of a value, where libpq received them.
  func value(_ column: Int) throws(PostgresError) -> UnsafeRawBufferPointer {
    guard has(column) else {
      throw PostgresError(code: .decoding, "no column \(column)")
    }
    guard PQgetisnull(box.result, index, Int32(column)) == 0,
      let start = PQgetvalue(box.result, index, Int32(column))
    else { throw mismatch(column, "a value instead of NULL") }
    return UnsafeRawBufferPointer(
      start: start, count: Int(PQgetlength(box.result, index, Int32(column))))
  }

  func type(_ column: Int) -> UInt32 {
    PQftype(box.result, Int32(column))
  }

  func isTextFormat(_ column: Int) -> Bool {
    PQfformat(box.result, Int32(column)) == 0
  }

  func mismatch(_ column: Int, _ expected: String) -> PostgresError {
    let name = PQfname(box.result, Int32(column)).map { String(cString: $0) } ?? "?"
    let format = isTextFormat(column) ? "text" : "binary"
    return PostgresError(
      code: .decoding,
      "column \(column) \"\(name)\" (type \(type(column)), \(format)) is not \(expected)")
  }

  func has(_ column: Int) -> Bool {
    column >= 0 && column < Int(PQnfields(box.result)) && index < PQntuples(box.result)
      && index >= 0
  }

  private func integer<Value: FixedWidthInteger>(
    _ column: Int, _ types: [UInt32]
  ) throws(PostgresError) -> Value {
    let bytes = try value(column)
    guard !isTextFormat(column), types.contains(type(column)),
      let value: Value = RowValue.integer(bytes)
    else { throw mismatch(column, "\(Value.self)") }
    return value
  }
}
