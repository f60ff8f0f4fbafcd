/// `left + right` and the other operators that compute.
final class ArithmeticNode: Node {
  let operation: Operator
  let left: any Node
  let right: any Node
  let place: CELPlace

  init(_ operation: Operator, _ left: any Node, _ right: any Node, place: CELPlace) {
    self.operation = operation
    self.left = left
    self.right = right
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let a = try left.value(&evaluation)
    let b = try right.value(&evaluation)
    do throws(CELError) {
      return try Arithmetic.apply(operation, a, b, &evaluation)
    } catch {
      throw (error.code == .noSuchOverload ? CELError.overload(operation, a, b) : error)
        .placed(place)
    }
  }
}

/// `-operand`.
final class NegateNode: Node {
  let operand: any Node
  let place: CELPlace

  init(_ operand: any Node, place: CELPlace) {
    self.operand = operand
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    switch try operand.value(&evaluation) {
    case .int(let number):
      guard number != .min else { throw Arithmetic.overflow("int").placed(place) }
      return .int(-number)
    case .double(let number): return .double(-number)
    case .duration(let span):
      guard span.totalNanoseconds != .min else { throw Arithmetic.overflow("duration") }
      return .duration(CELDuration(totalNanoseconds: -span.totalNanoseconds))
    case let other:
      throw CELError(
        .noSuchOverload, "'-' needs an int or a double, found \(other.type.article)", at: place)
    }
  }
}
