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
    switch function.body {
    case .one(let body):
      let a = try arguments[0].value(&evaluation)
      do throws(CELError) {
        return try body(a, &evaluation)
      } catch {
        throw failure(error, [a])
      }
    case .two(let body):
      let a = try arguments[0].value(&evaluation)
      let b = try arguments[1].value(&evaluation)
      do throws(CELError) {
        return try body(a, b, &evaluation)
      } catch {
        throw failure(error, [a, b])
      }
    case .many(let body):
      var values: [CELValue] = []
      values.reserveCapacity(arguments.count)
      for argument in arguments { values.append(try argument.value(&evaluation)) }
      do throws(CELError) {
        return try body(values, &evaluation)
      } catch {
        throw failure(error, values)
      }
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
