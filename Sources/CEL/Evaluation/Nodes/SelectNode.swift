/// `operand.field`, or `operand.?field`.
final class SelectNode: Node {
  let operand: any Node
  let key: CELFieldKey
  let isOptional: Bool
  let place: CELPlace

  init(_ operand: any Node, _ field: String, isOptional: Bool, place: CELPlace) {
    self.operand = operand
    key = CELFieldKey(field)
    self.isOptional = isOptional
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    let operand = try operand.value(&evaluation)
    if case .map(let map) = operand, !isOptional {
      if let found = try find(in: map, &evaluation) { return found }
      throw Self.noSuchField(key, place)
    }
    return try chained(operand, &evaluation)
  }

  @inline(__always)
  private func find(
    in map: CELMap, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue? {
    do throws(CELError) {
      return try map.value(of: key, &evaluation)
    } catch {
      throw error.placed(place)
    }
  }

  /// From an optional comes an optional.
  private func chained(
    _ operand: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    var content = operand
    if case .optional(let inner) = operand {
      guard let inner else { return operand }
      content = inner
    }
    guard case .map(let map) = content else { throw Self.noFields(content, key, place) }
    return .optional(try find(in: map, &evaluation))
  }

  @inline(never)
  static func noSuchField(_ key: CELFieldKey, _ place: CELPlace) -> CELError {
    CELError(.noSuchKey, "there is no field '\(key.name)' here", at: place)
  }

  @inline(never)
  static func noFields(_ value: CELValue, _ key: CELFieldKey, _ place: CELPlace) -> CELError {
    CELError(
      .noSuchOverload,
      "'.\(key.name)' needs a map, found \(value.type.article)", at: place)
  }
}
