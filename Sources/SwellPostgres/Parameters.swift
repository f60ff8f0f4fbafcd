/// The values of `$1`, `$2`, … in binary, in the order they are appended, in one buffer.
///
/// The server infers the type of each parameter from the text of the statement, so a Swift
/// type goes with one PostgreSQL type: `Int32` with `int4`, `String` with `text` (or an
/// enumeration, `varchar`, …). For others cast in SQL: `$1::text::interval`.
public struct Parameters: Sendable {
  package internal(set) var bytes: [UInt8] = []
  /// Where each value begins; -1 for NULL.
  var offsets: [Int] = []
  var lengths: [Int32] = []
  /// The places of values that are texts for the server to read, whatever their type.
  var texts: [Int] = []
  var isTooLarge = false
  var hasZero = false

  public init() {}

  public var count: Int { offsets.count }

  public mutating func append(_ value: Int16?) {
    append(value) { $0.put($1) }
  }

  public mutating func append(_ value: Int32?) {
    append(value) { $0.put($1) }
  }

  public mutating func append(_ value: Int64?) {
    append(value) { $0.put($1) }
  }

  public mutating func append(_ value: Double?) {
    append(value) { $0.put($1.bitPattern) }
  }

  public mutating func append(_ value: Bool?) {
    append(value) { $0.bytes.append($1 ? 1 : 0) }
  }

  public mutating func append(_ value: String?) {
    append(value) { $0.bytes.append(contentsOf: $1.utf8) }
  }

  public mutating func append(_ value: PostgresUUID?) {
    append(value) {
      $0.put($1.high)
      $0.put($1.low)
    }
  }

  /// Appends the text of a JSON document as `jsonb`.
  public mutating func append(json value: [UInt8]?) {
    append(value) { $0.putJSON($1) }
  }

  /// Appends a value as PostgreSQL writes it, of whichever type the statement asks for: `42`, `t`,
  /// `{1,2}`. It must not hold a zero byte.
  public mutating func append(text value: [UInt8]?) {
    if value != nil { texts.append(count) }
    append(value) { parameters, text in
      if text.contains(0) { parameters.hasZero = true }
      parameters.bytes.append(contentsOf: text)
      // libpq measures texts by their end.
      parameters.bytes.append(0)
    }
  }

  mutating func append<Value>(
    _ value: Value?, _ put: (inout Parameters, Value) -> Void
  ) {
    guard let value else {
      offsets.append(-1)
      lengths.append(0)
      return
    }
    let start = bytes.count
    put(&self, value)
    offsets.append(start)
    lengths.append(length(since: start))
  }

  mutating func put(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// The binary form of `jsonb`: its version, then text.
  mutating func putJSON(_ text: [UInt8]) {
    bytes.append(1)
    bytes.append(contentsOf: text)
  }

  mutating func length(since start: Int) -> Int32 {
    let length = bytes.count - start
    // The server takes no message of a gibibyte.
    if length >= 1 << 30 { isTooLarge = true }
    return Int32(clamping: length)
  }

  /// Why these cannot be sent, if so.
  func refusal(for statement: Statement) -> PostgresError? {
    guard var error = refusal else { return nil }
    error.statement = statement.name
    return error
  }

  var refusal: PostgresError? {
    if isTooLarge { return PostgresError(code: .encoding, "a parameter exceeds one gibibyte") }
    if hasZero {
      return PostgresError(
        code: .encoding, "a parameter holds the character U+0000, which PostgreSQL cannot store")
    }
    guard count > 65535 else { return nil }
    return PostgresError(code: .encoding, "\(count) parameters exceed 65535")
  }

  /// Hands the values to libpq, for the time of `body`.
  func withPointers<Answer>(
    _ body: (
      Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> Answer
  ) -> Answer {
    let count = offsets.count
    guard count > 0 else { return body(0, nil, nil, nil) }
    return bytes.withUnsafeBytes { bytes in
      withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { formats in
          formats.initialize(repeating: 1)
          for index in texts { formats[index] = 0 }
          for (index, offset) in offsets.enumerated() {
            values.initializeElement(at: index, to: pointer(bytes, offset))
          }
          return lengths.withUnsafeBufferPointer { lengths in
            body(
              Int32(count), UnsafePointer(values.baseAddress), lengths.baseAddress,
              UnsafePointer(formats.baseAddress))
          }
        }
      }
    }
  }

  /// An empty value needs an address as well: libpq takes nil for NULL.
  private func pointer(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UnsafePointer<CChar>? {
    if offset < 0 { return nil }
    guard let base = bytes.baseAddress else { return UnsafePointer(bitPattern: 1) }
    return (base + offset).assumingMemoryBound(to: CChar.self)
  }
}
