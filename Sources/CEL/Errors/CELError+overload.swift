extension CELError {
  @inline(never)
  static func overload(_ operation: Operator, _ left: CELValue, _ right: CELValue) -> CELError {
    overload(operation, left.type, right.type)
  }

  static func overload(_ operation: Operator, _ left: CELType, _ right: CELType) -> CELError {
    var hint = ""
    if operation == .add, left == .string || right == .string {
      hint = "; to join text, convert the other side with string()"
    } else if operation.isArithmetic, left.isNumber, right.isNumber {
      hint = "; convert one side with int(), uint() or double()"
    }
    return CELError(
      .noSuchOverload, "'\(operation.rawValue)' does not take \(left) and \(right)\(hint)")
  }

  /// - Parameter arguments: with the receiver of a method as the first.
  @inline(never)
  static func overload(
    _ name: String, isMember: Bool, _ arguments: [CELType], expected: [Signature]
  ) -> CELError {
    let choices = Set(expected.map { $0.shown(name, isMember: isMember) }).sorted()
    return CELError(
      .noSuchOverload,
      "\(Signature.shown(name, isMember: isMember, arguments)) is not possible; expected "
        + choices.prefix(4).joined(separator: " or "))
  }

  @inline(never)
  static func notBool(_ what: String, _ value: CELValue, at place: CELPlace) -> CELError {
    CELError(.noSuchOverload, "\(what) needs a bool, found \(value.type.article)", at: place)
  }

  @inline(never)
  static func notOptional(_ value: CELValue, at place: CELPlace) -> CELError {
    CELError(
      .noSuchOverload, "an entry with '?' needs an optional, found \(value.type.article)",
      at: place)
  }
}
