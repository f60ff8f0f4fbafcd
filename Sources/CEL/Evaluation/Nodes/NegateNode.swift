/// `-operand`.
final class NegateNode: Node {
  let operand: any Node
  let place: CELPlace

  init(_ operand: any Node, place: CELPlace) {
    self.operand = operand
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    switch try operand.value(&evaluation) {
    case .int(let number):
      guard number != .min else { throw Arithmetic.overflow("int").placed(place) }
      return .int(-number)
    case .double(let number): return .double(-number)
    case .duration(let span):
      guard span.totalNanoseconds != .min else {
        throw Arithmetic.overflow("duration").placed(place)
      }
      return .duration(CELDuration(totalNanoseconds: -span.totalNanoseconds))
    case let other:
      throw CELError(
        .noSuchOverload, "'-' needs an int or a double, found \(other.type.article)", at: place)
    }
  }
}
