/// Goes over what a loop goes over: elements with their indices, or keys with their values.
struct RangeCursor {
  private enum Source {
    case list(ElementCursor)
    case map([(key: CELValue, value: CELValue)])
  }

  private var source: Source
  private var index = -1
  let count: Int

  init(
    _ range: CELValue, of loop: String, _ evaluation: inout Evaluation, at place: CELPlace
  ) throws(CELError) {
    switch range {
    case .list(let list):
      source = .list(ElementCursor(list))
      count = list.count
    case .map(let map):
      let members: [(key: CELValue, value: CELValue)]
      do throws(CELError) {
        members = try map.members
        try evaluation.spend(members.count >> 2)
      } catch {
        throw error.placed(place)
      }
      source = .map(members)
      count = members.count
    default:
      throw CELError(
        .noSuchOverload, "\(loop)() goes over a list or a map, found \(range.type.article)",
        at: place)
    }
  }

  /// Puts the next element, or key and value, into the variables of the loop.
  @inline(__always)
  mutating func next(_ slots: LoopSlots, _ evaluation: inout Evaluation) -> Bool {
    index += 1
    guard index < count else { return false }
    switch source {
    case .list(var cursor):
      let element = cursor.next() ?? .null
      source = .list(cursor)
      if let second = slots.second {
        evaluation.locals[slots.first] = .int(Int64(index))
        evaluation.locals[second] = element
      } else {
        evaluation.locals[slots.first] = element
      }
    case .map(let members):
      evaluation.locals[slots.first] = members[index].key
      if let second = slots.second { evaluation.locals[second] = members[index].value }
    }
    return true
  }
}
