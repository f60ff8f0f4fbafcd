/// A value that is known.
final class LiteralNode: Node {
  let literal: CELValue

  init(_ literal: CELValue) { self.literal = literal }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue { literal }
}

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

/// A variable of a loop or of `cel.bind`.
final class LocalNode: Node {
  let slot: Int

  init(slot: Int) { self.slot = slot }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    evaluation.locals[slot]
  }
}

/// What cannot be evaluated, such as an unknown name in an expression that was not checked.
final class ErrorNode: Node {
  let error: CELError

  init(_ error: CELError) { self.error = error }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue { throw error }
}
