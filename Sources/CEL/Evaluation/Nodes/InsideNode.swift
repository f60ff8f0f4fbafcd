/// `element in list`, `key in map`.
final class InsideNode: Node {
  let left: any Node
  let right: any Node
  let place: CELPlace

  init(_ left: any Node, _ right: any Node, place: CELPlace) {
    self.left = left
    self.right = right
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let wanted = try left.value(&evaluation)
    let range = try right.value(&evaluation)
    do throws(CELError) {
      switch range {
      case .map(let map):
        try evaluation.spend(map.searchCost + wanted.orderCost)
        switch try map.value(of: wanted) {
        case .some: return .bool(true)
        case .none: return .bool(false)
        }
      case .list(let list):
        try evaluation.spend(list.count >> 2)
        var cursor = ElementCursor(list)
        while let element = cursor.next() {
          if try evaluation.isEqual(wanted, element) { return .bool(true) }
        }
        return .bool(false)
      default: throw .noOverload
      }
    } catch {
      throw (error.code == .noSuchOverload ? CELError.overload(.inside, wanted, range) : error)
        .placed(place)
    }
  }
}
