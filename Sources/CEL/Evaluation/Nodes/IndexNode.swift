/// `operand[index]`, or `operand[?index]`.
final class IndexNode: Node {
  let operand: any Node
  let index: any Node
  let isOptional: Bool
  let place: CELPlace

  init(_ operand: any Node, _ index: any Node, isOptional: Bool, place: CELPlace) {
    self.operand = operand
    self.index = index
    self.isOptional = isOptional
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let operand = try operand.value(&evaluation)
    let index = try index.value(&evaluation)
    do throws(CELError) {
      guard case .optional(let inner) = operand else {
        if isOptional { return .optional(try find(index, in: operand, &evaluation)) }
        if let found = try find(index, in: operand, &evaluation) { return found }
        throw missing(index, in: operand)
      }
      guard let inner else { return operand }
      return .optional(try find(index, in: inner, &evaluation))
    } catch {
      throw error.placed(place)
    }
  }

  private func find(
    _ index: CELValue, in operand: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue? {
    switch operand {
    case .map(let map):
      try evaluation.spend(map.searchCost + index.orderCost)
      return try map.value(of: index)
    case .list(let list):
      guard let number = Self.whole(index) else {
        throw CELError(
          .noSuchOverload, "the index of a list is an int, found \(index.type.article)")
      }
      try evaluation.spend(1 + list.searchCost(number))
      return list[number]
    default:
      throw CELError(
        .noSuchOverload, "'[...]' needs a list or a map, found \(operand.type.article)")
    }
  }

  private static func whole(_ value: CELValue) -> Int? {
    switch value {
    case .int(let number): Int(number)
    case .uint(let number): Int(exactly: number)
    case .double(let number): Int(exactly: number)
    default: nil
    }
  }

  private func missing(_ index: CELValue, in operand: CELValue) -> CELError {
    if case .list(let list) = operand {
      let what = list.isEmpty ? "the list is empty" : "the list has \(list.count) elements"
      return CELError(.indexOutOfRange, "index \(index.shown) is out of range: \(what)")
    }
    return CELError(.noSuchKey, "there is no key \(index.shown) here")
  }
}
