/// A value of an expression.
///
/// `==` is the equality of CEL: numbers are equal across their types, a NaN equals nothing,
/// values of other different types are not equal.
public enum CELValue: Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case string(CELString)
  case bytes([UInt8])
  case list(CELList)
  case map(CELMap)
  case type(CELType)
  case timestamp(CELTimestamp)
  case duration(CELDuration)
  indirect case optional(CELValue?)

  public static func string(_ text: String) -> CELValue { .string(CELString(text)) }
  public static func list(_ elements: [CELValue]) -> CELValue { .list(CELList(elements)) }

  /// The type without what is in it: that of a list is `list`.
  public var type: CELType {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    case .list: .list(.dyn)
    case .map: .map(.dyn, .dyn)
    case .type: .type
    case .timestamp: .timestamp
    case .duration: .duration
    case .optional: .optional(.dyn)
    }
  }

  /// Whether it is what a variable of its type would begin as: null, false, 0, empty.
  var isZero: Bool {
    switch self {
    case .null: true
    case .bool(let flag): !flag
    case .int(let number): number == 0
    case .uint(let number): number == 0
    case .double(let number): number == 0
    case .string(let text): text.isEmpty
    case .bytes(let bytes): bytes.isEmpty
    case .list(let list): list.isEmpty
    case .map(let map): map.count == 0
    case .type: false
    case .timestamp(let time): time.seconds == 0 && time.nanoseconds == 0
    case .duration(let span): span.seconds == 0 && span.nanoseconds == 0
    case .optional(let content): content == nil
    }
  }
}
