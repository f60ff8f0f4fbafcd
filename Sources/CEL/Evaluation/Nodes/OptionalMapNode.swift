/// `target.optMap(name, body)` and `optFlatMap`.
final class OptionalMapNode: Node {
  let target: any Node
  let slot: Int
  let body: any Node
  let isFlat: Bool
  let place: CELPlace

  init(_ target: any Node, slot: Int, body: any Node, isFlat: Bool, place: CELPlace) {
    self.target = target
    self.slot = slot
    self.body = body
    self.isFlat = isFlat
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let value = try target.value(&evaluation)
    let name = isFlat ? "optFlatMap" : "optMap"
    guard case .optional(let content) = value else {
      throw CELError(
        .noSuchOverload, "\(name)() needs an optional, found \(value.type.article)", at: place)
    }
    guard let content else { return value }
    evaluation.locals[slot] = content
    let result = try body.value(&evaluation)
    guard isFlat else { return .optional(result) }
    guard case .optional = result else {
      throw CELError(
        .noSuchOverload, "the body of \(name)() gives an optional, found \(result.type.article)",
        at: place)
    }
    return result
  }
}
