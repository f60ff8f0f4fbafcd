/// How single values look in binary.
enum RowValue {
  static func integer<Value: FixedWidthInteger>(_ bytes: UnsafeRawBufferPointer) -> Value? {
    guard bytes.count == MemoryLayout<Value>.size else { return nil }
    return Value(bigEndian: bytes.loadUnaligned(as: Value.self))
  }

  static func jsonText(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard bytes.first == 1 else { return nil }
    return Array(bytes.dropFirst())
  }
}

extension PostgresUUID {
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else { return nil }
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}
