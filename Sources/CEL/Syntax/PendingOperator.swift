/// An operator whose right operand is not read yet.
struct PendingOperator {
  let kind: Token.Kind
  let place: CELPlace
  /// Whether it stands before its only operand.
  let isPrefix: Bool

  /// The higher, the more tightly it binds.
  var level: Int { isPrefix ? 6 : Self.level(kind) ?? 0 }

  static func level(_ kind: Token.Kind) -> Int? {
    switch kind {
    case .or: 1
    case .and: 2
    case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual, .inside: 3
    case .plus, .minus: 4
    case .times, .over, .percent: 5
    default: nil
    }
  }

  var operation: Operator? {
    switch kind {
    case .plus: .add
    case .minus: .subtract
    case .times: .multiply
    case .over: .divide
    case .percent: .modulo
    case .equal: .equal
    case .unequal: .unequal
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .inside: .inside
    default: nil
    }
  }
}
