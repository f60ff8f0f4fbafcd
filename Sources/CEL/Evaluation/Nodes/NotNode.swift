/// `!operand`.
final class NotNode: Node {
  let operand: any Node
  let place: CELPlace

  init(_ operand: any Node, place: CELPlace) {
    self.operand = operand
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let value = try operand.value(&evaluation)
    guard case .bool(let flag) = value else { throw CELError.notBool("'!'", value, at: place) }
    return .bool(!flag)
  }
}
