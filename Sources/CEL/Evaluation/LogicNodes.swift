/// `a && b && …` or `a || b || …`: one operand may decide, whatever errors the others have.
final class LogicNode: Node {
  let isAnd: Bool
  let operands: [any Node]
  let places: [CELPlace]

  init(isAnd: Bool, _ operands: [any Node], places: [CELPlace]) {
    self.isAnd = isAnd
    self.operands = operands
    self.places = places
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    var failure: CELError?
    for index in operands.indices {
      do throws(CELError) {
        let value = try operands[index].value(&evaluation)
        if case .bool(let flag) = value {
          if flag != isAnd { return value }
        } else if failure == nil {
          failure = CELError.notBool(isAnd ? "'&&'" : "'||'", value, at: places[index])
        }
      } catch {
        if error.code.endsEvaluation { throw error }
        if failure == nil { failure = error }
      }
    }
    if let failure { throw failure }
    return .bool(isAnd)
  }
}

/// `!operand`.
final class NotNode: Node {
  let operand: any Node
  let place: CELPlace

  init(_ operand: any Node, place: CELPlace) {
    self.operand = operand
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let value = try operand.value(&evaluation)
    guard case .bool(let flag) = value else { throw CELError.notBool("'!'", value, at: place) }
    return .bool(!flag)
  }
}

/// `condition ? then : otherwise`.
final class ConditionalNode: Node {
  let condition: any Node
  let then: any Node
  let otherwise: any Node
  let place: CELPlace

  init(_ condition: any Node, then: any Node, otherwise: any Node, place: CELPlace) {
    self.condition = condition
    self.then = then
    self.otherwise = otherwise
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let value = try condition.value(&evaluation)
    guard case .bool(let flag) = value else {
      throw CELError.notBool("the condition before '?'", value, at: place)
    }
    return flag ? try then.value(&evaluation) : try otherwise.value(&evaluation)
  }
}
