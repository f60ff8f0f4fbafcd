/// `optional.or(other)` and `optional.orValue(other)`; the other is evaluated only when needed.
final class OptionalOrNode: Node {
  let operand: any Node
  let other: any Node
  let unwraps: Bool
  let place: CELPlace

  init(_ operand: any Node, _ other: any Node, unwraps: Bool, place: CELPlace) {
    self.operand = operand
    self.other = other
    self.unwraps = unwraps
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let value = try operand.value(&evaluation)
    guard case .optional(let content) = value else { throw needsOptional(value) }
    if let content { return unwraps ? content : value }
    let other = try other.value(&evaluation)
    if !unwraps {
      guard case .optional = other else { throw needsOptional(other) }
    }
    return other
  }

  private func needsOptional(_ value: CELValue) -> CELError {
    CELError(
      .noSuchOverload,
      "\(unwraps ? "orValue" : "or")() needs an optional, found \(value.type.article)", at: place)
  }
}
