/// `cel.bind(name, value, body)`.
final class BindNode: Node {
  let slot: Int
  let bound: any Node
  let body: any Node

  init(slot: Int, _ bound: any Node, body: any Node) {
    self.slot = slot
    self.bound = bound
    self.body = body
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    evaluation.locals[slot] = try bound.value(&evaluation)
    return try body.value(&evaluation)
  }
}
