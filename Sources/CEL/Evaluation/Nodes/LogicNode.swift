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
