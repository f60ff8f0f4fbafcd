/// The types that `type` of a schema names.
enum SchemaType: String, CaseIterable {
  case null, boolean, object, array, number, string, integer

  /// As a sentence has it.
  var words: String {
    switch self {
    case .null: "null"
    case .boolean: "true or false"
    case .object: "an object"
    case .array: "a list"
    case .number: "a number"
    case .string: "a string"
    case .integer: "a whole number"
    }
  }

  /// The type of a value; one that is whole is a number all the same.
  init(of value: ExactValue) {
    self =
      switch value {
      case .null: .null
      case .bool: .boolean
      case .object: .object
      case .array: .array
      case .number: .number
      case .string: .string
      }
  }

  func holds(_ value: ExactValue) -> Bool {
    if self == .integer, case .number(let number) = value { return number.isWhole }
    return SchemaType(of: value) == self
  }
}
