/// `condition ? then : otherwise`.
final class ConditionalNode: Node {
  let condition: any Node
  let then: any Node
  let otherwise: any Node
  let place: CELPlace

  init(_ condition: any Node, then: any Node, otherwise: any Node, place: CELPlace) {
    self.condition = condition
    self.then = then
    self.otherwise = otherwise
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let value = try condition.value(&evaluation)
    guard case .bool(let flag) = value else {
      throw CELError.notBool("the condition before '?'", value, at: place)
    }
    return flag ? try then.value(&evaluation) : try otherwise.value(&evaluation)
  }
}
