/// `range.all(x, …)`, `exists` and `exists_one`.
final class QuantifierNode: Node {
  enum Kind: String {
    case all, exists
    case existsOne = "exists_one"
  }

  let kind: Kind
  let range: any Node
  let slots: LoopSlots
  let body: any Node
  /// Steps of one round.
  let cost: Int
  let place: CELPlace

  init(
    _ kind: Kind, _ range: any Node, _ slots: LoopSlots, _ body: any Node, cost: Int,
    place: CELPlace
  ) {
    self.kind = kind
    self.range = range
    self.slots = slots
    self.body = body
    self.cost = cost
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let over = try range.value(&evaluation)
    var cursor = try RangeCursor(over, of: kind.rawValue, &evaluation, at: place)
    var failure: CELError?
    var found = 0
    while cursor.next(slots, &evaluation) {
      do throws(CELError) {
        try evaluation.spend(cost)
        let value = try body.value(&evaluation)
        guard case .bool(let flag) = value else {
          throw CELError.notBool("the condition of \(kind.rawValue)()", value, at: place)
        }
        switch kind {
        case .all where !flag: return .bool(false)
        case .exists where flag: return .bool(true)
        case .existsOne where flag: found += 1
        default: break
        }
      } catch {
        // Another element may still decide; but only if it is not about counting.
        guard !error.code.endsEvaluation, kind != .existsOne else { throw error.placed(place) }
        if failure == nil { failure = error }
      }
    }
    if let failure { throw failure }
    return .bool(kind == .all || kind == .existsOne && found == 1)
  }
}
