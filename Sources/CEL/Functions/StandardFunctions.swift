/// The functions of the standard library that are no conversions.
enum StandardFunctions {
  private static let anyList = CELType.list(.parameter("A"))
  private static let anyMap = CELType.map(.parameter("A"), .parameter("B"))

  private static let sizes: [Signature] = [
    Signature([.string], .int), Signature([.bytes], .int), Signature([anyList], .int),
    Signature([anyMap], .int),
  ]

  static let all: [Function] = [
    .function("size", sizes, .one(size)),
    .method("size", sizes, .one(size)),
    .function("type", [Signature([.dyn], .type)], .one { value, _ in .type(value.type) }),
    .function("dyn", [Signature([.dyn], .dyn)], .one { value, _ in value }),
    .method("contains", [Signature([.string, .string], .bool)], .two(contains)),
    .method(
      "startsWith", [Signature([.string, .string], .bool)],
      .two { a, b, evaluation throws(CELError) in
        try affix(a, b, &evaluation) { text, part in text.prefix(part.count) }
      }),
    .method(
      "endsWith", [Signature([.string, .string], .bool)],
      .two { a, b, evaluation throws(CELError) in
        try affix(a, b, &evaluation) { text, part in text.suffix(part.count) }
      }),
    .method("matches", [Signature([.string, .string], .bool)], .two(matches)),
    .function("matches", [Signature([.string, .string], .bool)], .two(matches)),
  ]

  @Sendable
  private static func size(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    switch value {
    case .string(let text):
      try evaluation.spend(text.utf8Count >> 6)
      return .int(Int64(text.count))
    case .bytes(let bytes): return .int(Int64(bytes.count))
    case .list(let list): return .int(Int64(list.count))
    case .map(let map):
      try evaluation.spend(map.searchCost)
      return .int(Int64(map.count))
    default: throw .noOverload
    }
  }

  @Sendable
  private static func contains(
    _ a: CELValue, _ b: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = a, case .string(let part) = b else { throw .noOverload }
    try evaluation.spend((text.utf8Count + part.utf8Count) >> 5)
    return .bool(
      text.withUTF8 { text in
        part.withUTF8 { part in ByteSearch(part).first(in: text, from: 0) != nil }
      })
  }

  private static func affix(
    _ a: CELValue, _ b: CELValue, _ evaluation: inout Evaluation,
    _ cut: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Slice<
      UnsafeBufferPointer<UInt8>
    >
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = a, case .string(let part) = b else { throw .noOverload }
    try evaluation.spend(part.utf8Count >> 6)
    return .bool(
      text.withUTF8 { text in
        part.withUTF8 { part in
          CELString.isEqual(UnsafeBufferPointer(rebasing: cut(text, part)), part)
        }
      })
  }

  @Sendable
  private static func matches(
    _ a: CELValue, _ b: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = a, case .string(let pattern) = b else { throw .noOverload }
    try evaluation.spend(16 + 4 * pattern.utf8Count)
    let regex = try LinearRegex(pattern.description, limit: evaluation.limits.regex)
    return .bool(try regex.matches(text, &evaluation, at: nil))
  }
}
