/// The values of the variables of an environment, for evaluations.
public struct CELBindings: Sendable {
  enum Binding: Sendable {
    case unset
    case value(CELValue)
    case lazy(@Sendable () throws(CELError) -> CELValue)
  }

  private let slots: [String: Int]
  private(set) var values: [Binding]

  public init(_ environment: CELEnvironment) {
    slots = environment.slots
    values = [Binding](repeating: .unset, count: environment.variables.count)
  }

  /// The value of a variable; names that the environment lacks are ignored.
  public subscript(name: String) -> CELValue? {
    get {
      guard let slot = slots[name], case .value(let value) = values[slot] else { return nil }
      return value
    }
    set {
      guard let slot = slots[name] else { return }
      if let newValue { values[slot] = .value(newValue) } else { values[slot] = .unset }
    }
  }

  /// Sets a variable by its position in the variables of the environment.
  public mutating func set(_ slot: Int, _ value: CELValue) {
    if values.indices.contains(slot) { values[slot] = .value(value) }
  }

  /// Has a variable found when an evaluation first asks for it, at most once in each.
  public mutating func set(
    _ name: String, lazily find: @escaping @Sendable () throws(CELError) -> CELValue
  ) {
    if let slot = slots[name] { values[slot] = .lazy(find) }
  }
}
