/// A variable of the environment.
final class VariableNode: Node {
  let slot: Int
  let name: String
  let place: CELPlace

  init(slot: Int, name: String, place: CELPlace) {
    self.slot = slot
    self.name = name
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    guard slot < evaluation.bindings.values.count else { throw unset() }
    switch evaluation.bindings.values[slot] {
    case .value(let value): return value
    case .lazy(let find):
      do throws(CELError) {
        return try evaluation.resolve(slot, find)
      } catch {
        throw error.placed(place)
      }
    case .unset: throw unset()
    }
  }

  private func unset() -> CELError {
    CELError(.unsetVariable, "'\(name)' has no value here", at: place)
  }
}
