/// A call of a function; the receiver of a method is its first argument.
final class CallNode: Node {
  let function: Function
  let arguments: [any Node]
  let place: CELPlace

  init(_ function: Function, _ arguments: [any Node], place: CELPlace) {
    self.function = function
    self.arguments = arguments
    self.place = place
  }

  func value(_ evaluation: inout Evaluation) throws(CELError) -> CELValue {
    switch arguments.count {
    case 1: return try apply(try arguments[0].value(&evaluation), &evaluation)
    case 2:
      let first = try arguments[0].value(&evaluation)
      return try apply(first, try arguments[1].value(&evaluation), &evaluation)
    default:
      var values: [CELValue] = []
      values.reserveCapacity(arguments.count)
      for argument in arguments { values.append(try argument.value(&evaluation)) }
      return try apply(values, &evaluation)
    }
  }

  private func apply(
    _ a: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .one(let body) = function.body else { return try apply([a], &evaluation) }
    do throws(CELError) {
      try evaluation.spend(a.orderCost)
      return try body(a, &evaluation)
    } catch {
      throw failure(error, [a])
    }
  }

  private func apply(
    _ a: CELValue, _ b: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .two(let body) = function.body else { return try apply([a, b], &evaluation) }
    do throws(CELError) {
      try evaluation.spend(a.orderCost &+ b.orderCost)
      return try body(a, b, &evaluation)
    } catch {
      throw failure(error, [a, b])
    }
  }

  private func apply(
    _ values: [CELValue], _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .many(let body) = function.body else { throw failure(.noOverload, values) }
    do throws(CELError) {
      for value in values { try evaluation.spend(value.orderCost) }
      return try body(values, &evaluation)
    } catch {
      throw failure(error, values)
    }
  }

  @inline(never)
  private func failure(_ error: CELError, _ values: [CELValue]) -> CELError {
    guard error.code == .noSuchOverload, error.message.isEmpty else { return error.placed(place) }
    return CELError.overload(
      function.name, isMember: function.isMember, values.map(\.type),
      expected: function.signatures
    ).placed(place)
  }
}
