/// Stable sorting of values under the budget of steps.
enum Sorting {
  /// The indices of the values in ascending order; equal ones keep theirs.
  ///
  /// - Throws: `no_such_overload` unless all are of one type that has an order; numbers of
  ///   different types are.
  static func order(
    _ values: [CELValue], _ evaluation: inout Evaluation
  ) throws(CELError) -> [Int] {
    var order = Array(values.indices)
    var merged = order
    var width = 1
    if let only = values.first, values.count == 1 { _ = try only.order(only) }
    while width < order.count {
      var start = 0
      while start < order.count {
        let middle = min(start + width, order.count)
        let end = min(start + 2 * width, order.count)
        var (left, right) = (start, middle)
        for at in start..<end {
          let takesRight: Bool
          if left < middle, right < end {
            let (a, b) = (values[order[left]], values[order[right]])
            try evaluation.spend(1 + a.orderCost)
            guard let sign = try compare(a, b) else {
              throw CELError(.invalidArgument, "a NaN has no place in an order")
            }
            takesRight = sign > 0
          } else {
            takesRight = left == middle
          }
          merged[at] = order[takesRight ? right : left]
          if takesRight { right += 1 } else { left += 1 }
        }
        start = end
      }
      swap(&order, &merged)
      width *= 2
    }
    return order
  }

  private static func compare(_ a: CELValue, _ b: CELValue) throws(CELError) -> Int? {
    do throws(CELError) {
      return try a.order(b)
    } catch {
      throw CELError(
        .noSuchOverload, "\(a.type.article) and \(b.type.article) have no order between them")
    }
  }
}
