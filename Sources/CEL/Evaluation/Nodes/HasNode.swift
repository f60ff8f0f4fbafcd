/// `has(operand.field)`.
final class HasNode: Node {
  let operand: any Node
  let key: CELFieldKey
  let place: CELPlace

  init(_ operand: any Node, _ field: String, place: CELPlace) {
    self.operand = operand
    key = CELFieldKey(field)
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    var content = try operand.value(&evaluation)
    if case .optional(let inner) = content {
      guard let inner else { return .bool(false) }
      content = inner
    }
    guard case .map(let map) = content else { throw SelectNode.noFields(content, key, place) }
    do throws(CELError) {
      try evaluation.spend(map.searchCost)
      return .bool(try map.has(key))
    } catch {
      throw error.placed(place)
    }
  }
}
