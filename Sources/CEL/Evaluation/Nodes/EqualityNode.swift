/// `left == right`, `left != right`.
final class EqualityNode: Node {
  let left: any Node
  let right: any Node
  let isNegated: Bool
  let place: CELPlace

  init(_ left: any Node, _ right: any Node, isNegated: Bool, place: CELPlace) {
    self.left = left
    self.right = right
    self.isNegated = isNegated
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let a = try left.value(&evaluation)
    let b = try right.value(&evaluation)
    do throws(CELError) {
      return .bool(try evaluation.isEqual(a, b) != isNegated)
    } catch {
      throw error.placed(place)
    }
  }
}
