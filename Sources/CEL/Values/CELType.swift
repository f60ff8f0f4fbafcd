/// A type, as far as it is known before evaluating.
public indirect enum CELType: Sendable, Hashable, CustomStringConvertible {
  /// Anything: what fits is known when evaluating only.
  case dyn
  case null, bool, int, uint, double, string, bytes, type, timestamp, duration
  case list(CELType)
  case map(CELType, CELType)
  case optional(CELType)
  /// A type that a signature leaves open.
  case parameter(String)

  /// The name that `type()` gives: without what is in it.
  public var name: String {
    switch self {
    case .dyn: "dyn"
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .type: "type"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .list: "list"
    case .map: "map"
    case .optional: "optional_type"
    case .parameter(let name): name
    }
  }

  public var description: String {
    switch self {
    case .list(let element): "list(\(element))"
    case .map(let key, let value): "map(\(key), \(value))"
    case .optional(let content): "optional(\(content))"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .null: "null"
    default: name
    }
  }

  /// The types that can be written as names in an expression.
  static let denoted: [String: CELType] = [
    "null_type": .null, "bool": .bool, "int": .int, "uint": .uint, "double": .double,
    "string": .string, "bytes": .bytes, "type": .type, "list": .list(.dyn),
    "map": .map(.dyn, .dyn), "optional_type": .optional(.dyn),
    "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
  ]

  var isNumber: Bool { self == .int || self == .uint || self == .double }

  /// The type with its article, for a message.
  var article: String {
    switch self {
    case .int, .uint, .optional: "an \(self)"
    case .bytes, .null: "\(self)"
    case .list, .map: "a \(name)"
    case .dyn: "a value"
    default: "a \(self)"
    }
  }
}
