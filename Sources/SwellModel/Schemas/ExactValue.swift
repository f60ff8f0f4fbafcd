/// A JSON value in which nothing is rounded, and texts are equal only byte by byte: as jsonb has it.
public indirect enum ExactValue: Sendable, Hashable {
  public struct Member: Sendable, Hashable {
    /// UTF-8.
    public var key: [UInt8]
    public var value: ExactValue
  }

  case null
  case bool(Bool)
  case number(ExactNumber)
  /// UTF-8: to Swift's own texts two ways to write an accent are equal.
  case string([UInt8])
  case array([ExactValue])
  /// In jsonb's order, each key once.
  case object([Member])

  /// Reads exactly one JSON value. Of equal keys the last one wins.
  public init(_ payload: Payload) throws(PayloadProblem) {
    try PayloadScan.check(payload, limits: PayloadScan.Limits(maxBytes: .max))
    var parser = ExactParser(payload.bytes)
    self = parser.parse()
  }

  public init(_ json: JSONValue) {
    var parser = ExactParser(json.payload.bytes)
    self = parser.parse()
  }

  static func object(of members: [Member]) -> ExactValue {
    var places: [[UInt8]: Int] = [:]
    var kept: [Member] = []
    for member in members {
      if let place = places[member.key] {
        kept[place] = member
      } else {
        places[member.key] = kept.count
        kept.append(member)
      }
    }
    return .object(kept.sorted { KeyOrder.precedes($0.key, $1.key) })
  }

  /// The value as JSON that is the same for equal values, whatever way they took.
  public var canonical: Payload {
    var writer = JSONWriter()
    write(to: &writer)
    return writer.payload
  }

  /// How many values it holds, itself among them.
  var parts: Int {
    switch self {
    case .null, .bool, .number, .string: 1
    case .array(let elements): elements.reduce(1) { $0 + $1.parts }
    case .object(let members): members.reduce(1) { $0 + $1.value.parts }
    }
  }

  private func write(to writer: inout JSONWriter) {
    switch self {
    case .null: writer.raw("null")
    case .bool(let flag): writer.bool(flag)
    case .number(let number): writer.bytes.append(contentsOf: number.text.utf8)
    case .string(let text): writer.string(String(decoding: text, as: UTF8.self))
    case .array(let elements):
      writer.raw("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { writer.raw(",") }
        element.write(to: &writer)
      }
      writer.raw("]")
    case .object(let members):
      writer.raw("{")
      for (index, member) in members.enumerated() {
        if index > 0 { writer.raw(",") }
        writer.string(String(decoding: member.key, as: UTF8.self))
        writer.raw(":")
        member.value.write(to: &writer)
      }
      writer.raw("}")
    }
  }
}
