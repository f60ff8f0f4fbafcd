/// `range.map(x, …)`, `filter` and `transformList`: makes a list.
final class ListLoopNode: Node {
  let name: String
  let range: any Node
  let slots: LoopSlots
  let filter: (any Node)?
  /// What is made of an element; nil keeps the element itself.
  let body: (any Node)?
  let cost: Int
  let place: CELPlace

  init(
    _ name: String, _ range: any Node, _ slots: LoopSlots, filter: (any Node)?,
    body: (any Node)?, cost: Int, place: CELPlace
  ) {
    self.name = name
    self.range = range
    self.slots = slots
    self.filter = filter
    self.body = body
    self.cost = cost
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let over = try range.value(&evaluation)
    var cursor = try RangeCursor(over, of: name, &evaluation, at: place)
    var values: [CELValue] = []
    if filter == nil {
      try evaluation.makeList(cursor.count, at: place)
      values.reserveCapacity(cursor.count)
    }
    while cursor.next(slots, &evaluation) {
      try evaluation.spend(cost, at: place)
      if let filter {
        let value = try filter.value(&evaluation)
        guard case .bool(let flag) = value else {
          throw CELError.notBool("the condition of \(name)()", value, at: place)
        }
        guard flag else { continue }
        try evaluation.make(24, at: place)
      }
      values.append(try body?.value(&evaluation) ?? evaluation.locals[slots.first])
    }
    return .list(CELList(values))
  }
}
