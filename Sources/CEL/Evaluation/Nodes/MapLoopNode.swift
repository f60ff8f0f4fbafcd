/// `range.transformMap(k, v, …)` and `transformMapEntry`: makes a map.
final class MapLoopNode: Node {
  let name: String
  let range: any Node
  let slots: LoopSlots
  let filter: (any Node)?
  let body: any Node
  /// Whether the body gives a map, whose entries are taken, and not a value for the same key.
  let givesEntries: Bool
  let cost: Int
  let place: CELPlace

  init(
    _ name: String, _ range: any Node, _ slots: LoopSlots, filter: (any Node)?,
    body: any Node, givesEntries: Bool, cost: Int, place: CELPlace
  ) {
    self.name = name
    self.range = range
    self.slots = slots
    self.filter = filter
    self.body = body
    self.givesEntries = givesEntries
    self.cost = cost
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let over = try range.value(&evaluation)
    var cursor = try RangeCursor(over, of: name, &evaluation, at: place)
    var members: [(key: CELValue, value: CELValue)] = []
    while cursor.next(slots, &evaluation) {
      try evaluation.spend(cost, at: place)
      if let filter, try !holds(filter.value(&evaluation)) { continue }
      let value = try body.value(&evaluation)
      try add(value, to: &members, &evaluation)
    }
    do throws(CELError) {
      return try MapNode.map(members, &evaluation)
    } catch {
      throw error.placed(place)
    }
  }

  private func holds(_ value: CELValue) throws(CELError) -> Bool {
    guard case .bool(let flag) = value else {
      throw CELError.notBool("the condition of \(name)()", value, at: place)
    }
    return flag
  }

  private func add(
    _ value: CELValue, to members: inout [(key: CELValue, value: CELValue)],
    _ evaluation: inout Evaluation
  ) throws(CELError) {
    guard givesEntries else {
      members.append((evaluation.locals[slots.first], value))
      return
    }
    guard case .map(let map) = value else {
      throw CELError(
        .noSuchOverload, "the body of \(name)() gives a map, found \(value.type.article)",
        at: place)
    }
    do throws(CELError) {
      try evaluation.spend(map.count >> 2)
      try evaluation.make(32 * map.count)
      for member in try map.members { members.append(member) }
    } catch {
      throw error.placed(place)
    }
  }
}
