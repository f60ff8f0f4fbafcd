/// `left < right` and its like.
final class OrderNode: Node {
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
    if case .int(let a) = a, case .int(let b) = b {
      return .bool(holds(a < b ? -1 : a == b ? 0 : 1))
    }
    do throws(CELError) {
      try evaluation.spend(a.orderCost)
      guard let order = try a.order(b) else { return .bool(false) }
      return .bool(holds(order))
    } catch {
      throw (error.code == .noSuchOverload ? CELError.overload(operation, a, b) : error)
        .placed(place)
    }
  }

  @inline(__always)
  private func holds(_ order: Int) -> Bool {
    switch operation {
    case .less: order < 0
    case .lessOrEqual: order <= 0
    case .greater: order > 0
    default: order >= 0
    }
  }
}
