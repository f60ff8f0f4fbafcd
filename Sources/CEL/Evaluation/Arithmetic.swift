/// The operators that compute.
enum Arithmetic {
  @inline(__always)
  static func apply(
    _ operation: Operator, _ left: CELValue, _ right: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    switch (left, right) {
    case (.int(let a), .int(let b)): return .int(try whole(operation, a, b, "int"))
    case (.double(let a), .double(let b)): return .double(try double(operation, a, b))
    default: return try other(operation, left, right, &evaluation)
    }
  }

  private static func other(
    _ operation: Operator, _ left: CELValue, _ right: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    switch (left, right) {
    case (.uint(let a), .uint(let b)): return .uint(try whole(operation, a, b, "uint"))
    case (.string(let a), .string(let b)) where operation == .add:
      try evaluation.make(16 + a.utf8Count + b.utf8Count)
      try evaluation.spend((a.utf8Count + b.utf8Count) >> 6)
      return .string(CELString(a.description + b.description))
    case (.list(let a), .list(let b)) where operation == .add:
      if a.isEmpty { return right }
      if b.isEmpty { return left }
      try evaluation.makeList(a.count + b.count)
      try evaluation.spend((a.count + b.count) >> 3)
      return .list(CELList(a.elements + b.elements))
    case (.bytes(let a), .bytes(let b)) where operation == .add:
      try evaluation.make(a.count + b.count)
      return .bytes(a + b)
    case (.timestamp(let a), .duration(let b)) where operation == .add:
      return .timestamp(try a.adding(b))
    case (.duration(let a), .timestamp(let b)) where operation == .add:
      return .timestamp(try b.adding(a))
    case (.timestamp(let a), .duration(let b)) where operation == .subtract:
      return .timestamp(try a.adding(b, isNegative: true))
    case (.timestamp(let a), .timestamp(let b)) where operation == .subtract:
      return .duration(try a.subtracting(b))
    case (.duration(let a), .duration(let b)) where operation == .add || operation == .subtract:
      let (sum, isLost) =
        operation == .add
        ? a.totalNanoseconds.addingReportingOverflow(b.totalNanoseconds)
        : a.totalNanoseconds.subtractingReportingOverflow(b.totalNanoseconds)
      if isLost { throw CELError(.range, "the duration is out of range") }
      return .duration(CELDuration(totalNanoseconds: sum))
    case (.double(let a), let b) where evaluation.promotes:
      guard let b = CELNumber.double(b) else { throw .noOverload }
      return .double(try double(operation, a, b))
    case (let a, .double(let b)) where evaluation.promotes:
      guard let a = CELNumber.double(a) else { throw .noOverload }
      return .double(try double(operation, a, b))
    default: throw .noOverload
    }
  }

  @inline(__always)
  private static func whole<Whole: FixedWidthInteger>(
    _ operation: Operator, _ a: Whole, _ b: Whole, _ type: StaticString
  ) throws(CELError) -> Whole {
    let result: (partialValue: Whole, overflow: Bool)
    switch operation {
    case .add: result = a.addingReportingOverflow(b)
    case .subtract: result = a.subtractingReportingOverflow(b)
    case .multiply: result = a.multipliedReportingOverflow(by: b)
    case .divide:
      guard b != 0 else { throw CELError(.divisionByZero, "division by zero") }
      result = a.dividedReportingOverflow(by: b)
    default:
      guard b != 0 else { throw CELError(.divisionByZero, "remainder of a division by zero") }
      result = a.remainderReportingOverflow(dividingBy: b)
    }
    if result.overflow { throw overflow(type) }
    return result.partialValue
  }

  @inline(__always)
  private static func double(
    _ operation: Operator, _ a: Double, _ b: Double
  ) throws(CELError) -> Double {
    switch operation {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    default: throw .noOverload
    }
  }

  @inline(never)
  static func overflow(_ type: StaticString) -> CELError {
    CELError(.overflow, "the result does not fit \(type), 64 bits")
  }
}
