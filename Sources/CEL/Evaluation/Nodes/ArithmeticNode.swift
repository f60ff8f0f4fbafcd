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
