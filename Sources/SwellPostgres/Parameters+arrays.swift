extension Parameters {
  public mutating func append(array values: [Int16]) {
    append(array: values, of: TypeOID.int2) { $0.put($1) }
  }

  public mutating func append(array values: [Int32]) {
    append(array: values, of: TypeOID.int4) { $0.put($1) }
  }

  public mutating func append(array values: [Int64]) {
    append(array: values, of: TypeOID.int8) { $0.put($1) }
  }

  public mutating func append(array values: [Double]) {
    append(array: values, of: TypeOID.float8) { $0.put($1.bitPattern) }
  }

  public mutating func append(array values: [Bool]) {
    append(array: values, of: TypeOID.bool) { $0.bytes.append($1 ? 1 : 0) }
  }

  public mutating func append(array values: [String]) {
    append(array: values, of: TypeOID.text) { $0.bytes.append(contentsOf: $1.utf8) }
  }

  public mutating func append(array values: [PostgresUUID]) {
    append(array: values, of: TypeOID.uuid) {
      $0.put($1.high)
      $0.put($1.low)
    }
  }

  public mutating func append(optionalArray values: [Int32?]) {
    append(array: values, of: TypeOID.int4) { $0.put($1) }
  }

  public mutating func append(optionalArray values: [Int64?]) {
    append(array: values, of: TypeOID.int8) { $0.put($1) }
  }

  public mutating func append(optionalArray values: [String?]) {
    append(array: values, of: TypeOID.text) { $0.bytes.append(contentsOf: $1.utf8) }
  }

  public mutating func append(optionalArray values: [PostgresUUID?]) {
    append(array: values, of: TypeOID.uuid) {
      $0.put($1.high)
      $0.put($1.low)
    }
  }

  /// Appends texts of JSON documents as `jsonb[]`.
  public mutating func append(jsonArray values: [[UInt8]?]) {
    append(array: values, of: TypeOID.jsonb) { $0.putJSON($1) }
  }

  /// The binary form of an array: dimensions, whether NULLs occur, the type of the elements;
  /// per dimension its length and lower bound; then each element behind its length.
  private mutating func append<Element>(
    array values: [Element?], of oid: UInt32, _ put: (inout Parameters, Element) -> Void
  ) {
    append(values) { parameters, values in
      parameters.put(Int32(values.isEmpty ? 0 : 1))
      parameters.put(Int32(values.contains { $0 == nil } ? 1 : 0))
      parameters.put(oid)
      if values.isEmpty { return }
      parameters.put(Int32(clamping: values.count))
      parameters.put(Int32(1))
      for value in values {
        let start = parameters.bytes.count
        parameters.put(Int32(-1))
        guard let value else { continue }
        put(&parameters, value)
        let length = parameters.length(since: start + 4)
        withUnsafeBytes(of: length.bigEndian) { length in
          for (index, byte) in length.enumerated() { parameters.bytes[start + index] = byte }
        }
      }
    }
  }

  /// Without this, an array that cannot hold NULL would be copied into one that can.
  private mutating func append<Element>(
    array values: [Element], of oid: UInt32, _ put: (inout Parameters, Element) -> Void
  ) {
    append(values) { parameters, values in
      parameters.put(Int32(values.isEmpty ? 0 : 1))
      parameters.put(Int32(0))
      parameters.put(oid)
      if values.isEmpty { return }
      parameters.put(Int32(clamping: values.count))
      parameters.put(Int32(1))
      for value in values {
        let start = parameters.bytes.count
        parameters.put(Int32(0))
        put(&parameters, value)
        let length = parameters.length(since: start + 4)
        withUnsafeBytes(of: length.bigEndian) { length in
          for (index, byte) in length.enumerated() { parameters.bytes[start + index] = byte }
        }
      }
    }
  }
}
