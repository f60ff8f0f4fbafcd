/// Optional values.
enum OptionalFunctions {
  private static let content = CELType.parameter("A")
  private static let optional = CELType.optional(.parameter("A"))

  static let all: [Function] = [
    .function(
      "optional.of", [Signature([content], optional)], .one { value, _ in .optional(value) }),
    .function(
      "optional.ofNonZeroValue", [Signature([content], optional)],
      .one { value, _ in .optional(value.isZero ? nil : value) }),
    .function("optional.none", [Signature([], .optional(.dyn))], .many { _, _ in .optional(nil) }),
    .function("optional.unwrap", [Signature([.list(optional)], .list(content))], .one(unwrap)),
    .method("unwrapOpt", [Signature([.list(optional)], .list(content))], .one(unwrap)),
    .method(
      "hasValue", [Signature([optional], .bool)],
      .one { value, _ throws(CELError) in
        guard case .optional(let content) = value else { throw .noOverload }
        if case .some = content { return .bool(true) }
        return .bool(false)
      }),
    .method(
      "value", [Signature([optional], content)],
      .one { value, _ throws(CELError) in
        guard case .optional(let content) = value else { throw .noOverload }
        guard let content else {
          throw CELError(.emptyOptional, "the optional has no value; orValue() gives another")
        }
        return content
      }),
    // The compiler makes nodes of these two, which look at the argument only when they need it.
    .method(
      "or", [Signature([optional, optional], optional)],
      .two { _, _, _ throws(CELError) in throw .noOverload }),
    .method(
      "orValue", [Signature([optional, content], content)],
      .two { _, _, _ throws(CELError) in throw .noOverload }),
  ]

  @Sendable
  private static func unwrap(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .list(let list) = value else { throw .noOverload }
    try evaluation.spend(list.count >> 2)
    var contents: [CELValue] = []
    for element in list.elements {
      guard case .optional(let content) = element else { throw .noOverload }
      if let content { contents.append(content) }
    }
    return try evaluation.list(contents)
  }
}
