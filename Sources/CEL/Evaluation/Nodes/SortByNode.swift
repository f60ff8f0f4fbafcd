/// `list.sortBy(x, key)`.
final class SortByNode: Node {
  let range: any Node
  let slots: LoopSlots
  let body: any Node
  let cost: Int
  let place: CELPlace

  init(_ range: any Node, _ slots: LoopSlots, _ body: any Node, cost: Int, place: CELPlace) {
    self.range = range
    self.slots = slots
    self.body = body
    self.cost = cost
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let value = try range.value(&evaluation)
    guard case .list(let list) = value else {
      throw CELError(
        .noSuchOverload, "sortBy() goes over a list, found \(value.type.article)", at: place)
    }
    var cursor = try RangeCursor(value, of: "sortBy", &evaluation, at: place)
    var keys: [CELValue] = []
    try evaluation.makeList(2 * list.count, at: place)
    while cursor.next(slots, &evaluation) {
      try evaluation.spend(cost, at: place)
      keys.append(try body.value(&evaluation))
    }
    do throws(CELError) {
      let elements = list.elements
      return .list(CELList(try Sorting.order(keys, &evaluation).map { elements[$0] }))
    } catch {
      throw error.placed(place)
    }
  }
}
