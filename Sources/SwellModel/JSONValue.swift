/// A decoded JSON value; objects keep the order of their members.
public indirect enum JSONValue: Sendable, Hashable {
  /// One member of an object.
  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: JSONValue

    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  case null
  case bool(Bool)
  /// A whole number that fits 64 bits.
  case int(Int64)
  /// Any other number.
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// Parses exactly one JSON value. Of equal keys the last one wins, as in jsonb.
  ///
  /// - Throws: `JSONSyntaxProblem` with line and column.
  public static func parse(
    _ bytes: [UInt8], maxDepth: Int = 500
  ) throws(JSONSyntaxProblem) -> JSONValue {
    var parser = JSONParser(bytes, maxDepth: maxDepth, duplicates: .lastWins)
    return try parser.parse().json
  }

  public static func parse(_ payload: Payload) throws(JSONSyntaxProblem) -> JSONValue {
    try parse(payload.bytes)
  }

  /// The value of a member, if this is an object that has it.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.value
  }

  /// The element at an index, if this is an array that has it.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  public var int: Int64? {
    if case .int(let number) = self { number } else { nil }
  }

  public var double: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    default: nil
    }
  }

  public var bool: Bool? {
    if case .bool(let flag) = self { flag } else { nil }
  }

  public var array: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The value as compact JSON that jsonb accepts.
  public var payload: Payload {
    var writer = JSONWriter()
    writer.value(self)
    return writer.payload
  }

  /// The value with keys in jsonb's order, and whole numbers written as such: equal content
  /// gives equal bytes, whatever way it took.
  public var canonical: JSONValue {
    switch self {
    case .double(let number):
      if let whole = Int64(exactly: number) { .int(whole) } else { self }
    case .array(let elements): .array(elements.map(\.canonical))
    case .object(let members):
      .object(
        members.map { Member($0.key, $0.value.canonical) }
          .sorted { KeyOrder.precedes($0.key.utf8, $1.key.utf8) })
    default: self
    }
  }
}
