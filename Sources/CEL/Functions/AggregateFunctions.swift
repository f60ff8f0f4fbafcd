/// `sum`, `min` and `max` of lists.
enum AggregateFunctions {
  static let all: [Function] = [
    .method(
      "sum",
      [CELType.int, .uint, .double, .duration].map { Signature([.list($0)], $0) },
      .one(sum)),
    .method(
      "min", [Signature([.list(.parameter("A"))], .parameter("A"))],
      .one { value, evaluation throws(CELError) in try best("min", value, &evaluation) { $0 < 0 } }),
    .method(
      "max", [Signature([.list(.parameter("A"))], .parameter("A"))],
      .one { value, evaluation throws(CELError) in try best("max", value, &evaluation) { $0 > 0 } }),
  ]

  @Sendable
  private static func sum(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .list(let list) = value else { throw .noOverload }
    var cursor = ElementCursor(list)
    guard var sum = cursor.next() else { return .int(0) }
    guard summable(sum) else { throw notSummable(sum) }
    while let element = cursor.next() {
      try evaluation.spend(1)
      guard summable(element) else { throw notSummable(element) }
      do throws(CELError) {
        sum = try Arithmetic.apply(.add, sum, element, &evaluation)
      } catch {
        throw error.code == .noSuchOverload ? CELError.overload(.add, sum, element) : error
      }
    }
    return sum
  }

  private static func summable(_ value: CELValue) -> Bool {
    if case .duration = value { return true }
    return CELNumber.isNumber(value)
  }

  private static func notSummable(_ value: CELValue) -> CELError {
    CELError(
      .noSuchOverload, "sum() adds numbers or durations, found \(value.type.article) in the list")
  }

  private static func best(
    _ name: String, _ value: CELValue, _ evaluation: inout Evaluation, _ wins: (Int) -> Bool
  ) throws(CELError) -> CELValue {
    guard case .list(let list) = value else { throw .noOverload }
    var cursor = ElementCursor(list)
    guard var best = cursor.next() else {
      throw CELError(.emptyList, "an empty list has no \(name)")
    }
    do throws(CELError) {
      _ = try best.order(best)
      while let element = cursor.next() {
        try evaluation.spend(1 + element.orderCost)
        if let order = try element.order(best), wins(order) { best = element }
      }
    } catch {
      guard error.code == .noSuchOverload else { throw error }
      throw CELError(.noSuchOverload, "the elements have no order, which \(name)() needs")
    }
    return best
  }
}
