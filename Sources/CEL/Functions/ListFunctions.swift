/// The `lists` extension.
enum ListFunctions {
  private static let element = CELType.parameter("A")
  private static let list = CELType.list(.parameter("A"))

  static let all: [Function] = [
    .method("slice", [Signature([list, .int, .int], list)], .many(slice)),
    .method(
      "flatten", [Signature([.list(list)], list), Signature([.list(.dyn)], .list(.dyn))],
      .one { value, evaluation throws(CELError) in try flatten(value, 1, &evaluation) }),
    .method(
      "flatten", [Signature([.list(.dyn), .int], .list(.dyn))],
      .two { value, depth, evaluation throws(CELError) in
        guard case .int(let depth) = depth else { throw .noOverload }
        guard depth >= 0 else {
          throw CELError(.invalidArgument, "the depth of flatten() must not be negative: \(depth)")
        }
        return try flatten(value, depth, &evaluation)
      }),
    .method(
      "sort", [Signature([list], list)],
      .one { value, evaluation throws(CELError) in
        guard case .list(let list) = value else { throw .noOverload }
        try evaluation.makeList(2 * list.count)
        let elements = list.elements
        return .list(CELList(try Sorting.order(elements, &evaluation).map { elements[$0] }))
      }),
    .method("distinct", [Signature([list], list)], .one(distinct)),
    .method(
      "reverse", [Signature([list], list), Signature([.string], .string)],
      .one { value, evaluation throws(CELError) in
        switch value {
        case .list(let list):
          try evaluation.spend(list.count >> 3)
          return try evaluation.list(list.elements.reversed())
        case .string(let text):
          try evaluation.spend(text.utf8Count >> 3)
          var reversed = String.UnicodeScalarView()
          reversed.append(contentsOf: text.description.unicodeScalars.reversed())
          return try evaluation.string(String(reversed))
        default: throw .noOverload
        }
      }),
    .function(
      "lists.range", [Signature([.int], .list(.int))],
      .one { value, evaluation throws(CELError) in
        guard case .int(let count) = value else { throw .noOverload }
        guard count > 0 else { return .list(CELList([])) }
        // What is too much for any budget must not overflow on the way to it.
        let bounded = Int(min(count, 1 << 40))
        try evaluation.makeList(bounded)
        try evaluation.spend(bounded >> 3)
        return .list(CELList((0..<count).map { .int($0) }))
      }),
    .method(
      "first", [Signature([list], .optional(element))],
      .one { value, _ throws(CELError) in
        guard case .list(let list) = value else { throw .noOverload }
        return .optional(list[0])
      }),
    .method(
      "last", [Signature([list], .optional(element))],
      .one { value, evaluation throws(CELError) in
        guard case .list(let list) = value else { throw .noOverload }
        try evaluation.spend(list.searchCost(list.count))
        return .optional(list[list.count - 1])
      }),
  ]

  @Sendable
  private static func slice(
    _ values: [CELValue], _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .list(let list) = values[0], case .int(let start) = values[1],
      case .int(let end) = values[2]
    else { throw .noOverload }
    guard 0 <= start, start <= end, end <= list.count else {
      throw CELError(
        .indexOutOfRange,
        "slice(\(start), \(end)) is out of range: the list has \(list.count) elements")
    }
    try evaluation.spend(list.count >> 3)
    return try evaluation.list(Array(list.elements[Int(start)..<Int(end)]))
  }

  private static func flatten(
    _ value: CELValue, _ depth: Int64, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .list(let list) = value else { throw .noOverload }
    var elements = list.elements
    var rounds = depth
    while rounds > 0 {
      var flat: [CELValue] = []
      var isFlat = true
      for element in elements {
        if case .list(let inner) = element {
          isFlat = false
          try evaluation.spend(1 + inner.count >> 3)
          try evaluation.makeList(inner.count)
          flat.append(contentsOf: inner.elements)
        } else {
          try evaluation.make(24)
          flat.append(element)
        }
      }
      elements = flat
      if isFlat { break }
      rounds -= 1
    }
    return .list(CELList(elements))
  }

  @Sendable
  private static func distinct(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .list(let list) = value else { throw .noOverload }
    try evaluation.makeList(2 * list.count)
    var scalars = Set<CELKey>()
    var others: [CELValue] = []
    var kept: [CELValue] = []
    search: for element in list.elements {
      try evaluation.spend(1 + element.orderCost)
      switch element {
      case .list, .map, .optional:
        for other in others where try evaluation.isEqual(element, other) { continue search }
        others.append(element)
        try evaluation.spend(others.count >> 2)
      default:
        guard scalars.insert(CELKey(element)).inserted else { continue search }
      }
      kept.append(element)
    }
    return .list(CELList(kept))
  }
}
