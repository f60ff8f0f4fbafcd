import CLibpq

extension Row {
  public func int16Array(_ column: Int) throws(PostgresError) -> [Int16] {
    try array(column, [TypeOID.int2], RowValue.integer)
  }

  public func int32Array(_ column: Int) throws(PostgresError) -> [Int32] {
    try array(column, [TypeOID.int4], RowValue.integer)
  }

  public func int64Array(_ column: Int) throws(PostgresError) -> [Int64] {
    try array(column, [TypeOID.int8], RowValue.integer)
  }

  public func optionalInt64Array(_ column: Int) throws(PostgresError) -> [Int64?] {
    try optionalArray(column, [TypeOID.int8], RowValue.integer)
  }

  public func doubleArray(_ column: Int) throws(PostgresError) -> [Double] {
    try array(column, [TypeOID.float8]) { bytes in
      RowValue.integer(bytes).map { Double(bitPattern: $0) }
    }
  }

  public func boolArray(_ column: Int) throws(PostgresError) -> [Bool] {
    try array(column, [TypeOID.bool]) { bytes in
      RowValue.integer(bytes).map { (value: UInt8) in value != 0 }
    }
  }

  public func stringArray(_ column: Int) throws(PostgresError) -> [String] {
    try array(column, nil) { String(validating: $0, as: UTF8.self) }
  }

  public func optionalStringArray(_ column: Int) throws(PostgresError) -> [String?] {
    try optionalArray(column, nil) { String(validating: $0, as: UTF8.self) }
  }

  public func uuidArray(_ column: Int) throws(PostgresError) -> [PostgresUUID] {
    try array(column, [TypeOID.uuid]) { PostgresUUID($0) }
  }

  /// The texts of a `jsonb[]` or `json[]`.
  public func optionalJSONArray(_ column: Int) throws(PostgresError) -> [[UInt8]?] {
    let oid = try arrayElementType(column)
    return try optionalArray(column, [TypeOID.jsonb, TypeOID.json]) { bytes in
      oid == TypeOID.jsonb ? RowValue.jsonText(bytes) : Array(bytes)
    }
  }

  private func array<Element>(
    _ column: Int, _ types: [UInt32]?, _ decode: (UnsafeRawBufferPointer) -> Element?
  ) throws(PostgresError) -> [Element] {
    var elements: [Element] = []
    for element in try optionalArray(column, types, decode) {
      guard let element else { throw mismatch(column, "an array without NULLs") }
      elements.append(element)
    }
    return elements
  }

  private func arrayElementType(_ column: Int) throws(PostgresError) -> UInt32 {
    let bytes = try value(column)
    guard !isTextFormat(column), bytes.count >= 12 else { throw mismatch(column, "an array") }
    return UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
  }

  /// Reads what `Parameters.append(array:of:_:)` describes. `types` nil stands for text.
  private func optionalArray<Element>(
    _ column: Int, _ types: [UInt32]?, _ decode: (UnsafeRawBufferPointer) -> Element?
  ) throws(PostgresError) -> [Element?] {
    let oid = try arrayElementType(column)
    let bytes = try value(column)
    guard types?.contains(oid) ?? TypeOID.isText(oid) else {
      throw mismatch(column, "an array of \(Element.self)")
    }
    var offset = 0
    func word() -> Int? {
      guard bytes.count - offset >= 4 else { return nil }
      defer { offset += 4 }
      return Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
    }
    let dimensions = word()
    offset = 12
    if dimensions == 0 { return [] }
    guard dimensions == 1, let count = word(), word() != nil,
      count >= 0, count <= (bytes.count - offset) / 4
    else { throw mismatch(column, "an array of one dimension") }
    var elements: [Element?] = []
    elements.reserveCapacity(count)
    for _ in 0..<count {
      guard let length = word(), length <= bytes.count - offset else {
        throw mismatch(column, "a whole array")
      }
      if length < 0 {
        elements.append(nil)
        continue
      }
      guard let element = decode(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]))
      else { throw mismatch(column, "an array of \(Element.self)") }
      elements.append(element)
      offset += length
    }
    return elements
  }
}
