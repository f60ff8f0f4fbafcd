/// The `strings` extension. Positions count Unicode scalars.
enum StringFunctions {
  static let all: [Function] = positions + parts + forms

  private static let parts: [Function] = [
    .method("split", [Signature([.string, .string], .list(.string))], .many(split)),
    .method("split", [Signature([.string, .string, .int], .list(.string))], .many(split)),
    .method("join", [Signature([.list(.string)], .string)], .many(join)),
    .method("join", [Signature([.list(.string), .string], .string)], .many(join)),
    .method("replace", [Signature([.string, .string, .string], .string)], .many(replace)),
    .method("replace", [Signature([.string, .string, .string, .int], .string)], .many(replace)),
  ]

  private static let forms: [Function] = [
    form("lowerAscii") { scalar in "A"..."Z" ~= scalar ? scalar.value + 32 : scalar.value },
    form("upperAscii") { scalar in "a"..."z" ~= scalar ? scalar.value - 32 : scalar.value },
    .method("trim", [Signature([.string], .string)], .one(trim)),
    .function("strings.quote", [Signature([.string], .string)], .one(quote)),
    .method(
      "format", [Signature([.string, .list(.dyn)], .string)],
      .two { text, values, evaluation throws(CELError) in
        guard case .string(let text) = text, case .list(let list) = values else {
          throw .noOverload
        }
        var formatter = Formatter(text.scalars, list.elements)
        return try formatter.format(&evaluation)
      }),
  ]

  private static func form(
    _ name: String, _ change: @escaping @Sendable (Unicode.Scalar) -> UInt32
  ) -> Function {
    .method(
      name, [Signature([.string], .string)],
      .one { value, evaluation throws(CELError) in
        guard case .string(let text) = value else { throw .noOverload }
        try evaluation.spend(text.utf8Count >> 3)
        var changed = String.UnicodeScalarView()
        for scalar in text.description.unicodeScalars {
          changed.append(Unicode.Scalar(change(scalar)) ?? scalar)
        }
        return try evaluation.string(String(changed))
      })
  }

  @Sendable
  private static func split(
    _ values: [CELValue], _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = values[0], case .string(let separator) = values[1] else {
      throw .noOverload
    }
    let limit = try limit(values, at: 2)
    if limit == 0 { return .list(CELList([])) }
    try evaluation.spend((text.utf8Count + separator.utf8Count) >> 3)
    try evaluation.make(text.utf8Count)
    let parts: [String] = text.withUTF8 { bytes in
      separator.withUTF8 { part in
        cuts(bytes, part, limit - 1).map { String(decoding: bytes[$0], as: UTF8.self) }
      }
    }
    try evaluation.make(32 * parts.count)
    return try evaluation.list(parts.map { .string(CELString($0)) })
  }

  /// The ranges between at most so many separators; an empty one stands between all scalars.
  private static func cuts(
    _ text: UnsafeBufferPointer<UInt8>, _ separator: UnsafeBufferPointer<UInt8>, _ limit: Int
  ) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    if separator.isEmpty {
      while start < text.count {
        var end = start
        _ = UTF8Scalar.decode(text, at: &end)
        ranges.append(start..<(ranges.count == limit ? text.count : end))
        start = ranges[ranges.count - 1].upperBound
      }
      return ranges
    }
    let search = ByteSearch(separator)
    while ranges.count < limit, let at = search.first(in: text, from: start) {
      ranges.append(start..<at)
      start = at + separator.count
    }
    ranges.append(start..<text.count)
    return ranges
  }

  /// The optional last argument, how many at most; negative and missing mean all.
  private static func limit(_ values: [CELValue], at index: Int) throws(CELError) -> Int {
    guard values.count > index else { return .max }
    guard case .int(let limit) = values[index] else { throw .noOverload }
    return limit < 0 ? .max : Int(limit)
  }

  @Sendable
  private static func join(
    _ values: [CELValue], _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .list(let list) = values[0] else { throw .noOverload }
    var separator: CELString = ""
    if values.count > 1 {
      guard case .string(let given) = values[1] else { throw .noOverload }
      separator = given
    }
    var text = TextBuilder()
    var cursor = ElementCursor(list)
    var isFirst = true
    while let element = cursor.next() {
      guard case .string(let part) = element else {
        throw CELError(
          .noSuchOverload,
          "join() needs a list of strings, found \(element.type.article) in it; convert with "
            + "map(x, string(x))")
      }
      if !isFirst { try text.append(separator, &evaluation) }
      isFirst = false
      try text.append(part, &evaluation)
    }
    return text.value
  }

  @Sendable
  private static func replace(
    _ values: [CELValue], _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = values[0], case .string(let old) = values[1],
      case .string(let new) = values[2]
    else { throw .noOverload }
    let limit = try limit(values, at: 3)
    try evaluation.spend((text.utf8Count + old.utf8Count) >> 4)
    let ranges = text.withUTF8 { bytes in old.withUTF8 { cuts(bytes, $0, limit) } }
    let pieces = text.withUTF8 { bytes in ranges.map { Array(bytes[$0]) } }
    var result = TextBuilder()
    // Between all scalars includes before the first one and after the last.
    if old.isEmpty, limit > 0 { try result.append(new, &evaluation) }
    for (index, piece) in pieces.enumerated() {
      if index > 0, !old.isEmpty || index < limit { try result.append(new, &evaluation) }
      try result.append(piece, &evaluation)
    }
    if old.isEmpty, pieces.count < limit, !pieces.isEmpty { try result.append(new, &evaluation) }
    return result.value
  }

  @Sendable
  private static func trim(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = value else { throw .noOverload }
    try evaluation.spend(text.utf8Count >> 3)
    let scalars = text.description.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return .string(CELString("")) }
    return try evaluation.string(String(scalars[first...last]))
  }

  private static let quotes: [Unicode.Scalar: String] = [
    "\u{07}": "\\a", "\u{08}": "\\b", "\u{0C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
    "\u{0B}": "\\v", "\\": "\\\\", "\"": "\\\"",
  ]

  @Sendable
  private static func quote(
    _ value: CELValue, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = value else { throw .noOverload }
    try evaluation.spend(text.utf8Count >> 3)
    var quoted = "\""
    for scalar in text.description.unicodeScalars {
      if let escape = quotes[scalar] {
        quoted += escape
      } else {
        quoted.unicodeScalars.append(scalar)
      }
    }
    return try evaluation.string(quoted + "\"")
  }
}
