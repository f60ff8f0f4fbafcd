extension StringFunctions {
  static let positions: [Function] = [
    .method(
      "charAt", [Signature([.string, .int], .string)],
      .two { text, index, evaluation throws(CELError) in
        guard case .string(let text) = text, case .int(let index) = index else {
          throw .noOverload
        }
        let count = try count(of: text, &evaluation)
        try check(index, 0...count)
        return try cut(text, Int(index)..<min(Int(index) + 1, count), &evaluation)
      }),
    .method("indexOf", [Signature([.string, .string], .int)], .many(indexOf)),
    .method("indexOf", [Signature([.string, .string, .int], .int)], .many(indexOf)),
    .method("lastIndexOf", [Signature([.string, .string], .int)], .many(lastIndexOf)),
    .method("lastIndexOf", [Signature([.string, .string, .int], .int)], .many(lastIndexOf)),
    .method("substring", [Signature([.string, .int], .string)], .many(substring)),
    .method("substring", [Signature([.string, .int, .int], .string)], .many(substring)),
  ]

  private static func count(
    of text: CELString, _ evaluation: inout Evaluation
  ) throws(CELError) -> Int {
    try evaluation.spend(text.utf8Count >> 5)
    return text.count
  }

  private static func check(_ index: Int64, _ range: ClosedRange<Int>) throws(CELError) {
    guard range.contains(Int(index)) else {
      throw CELError(
        .indexOutOfRange,
        "the position \(index) is out of range: the string has \(range.upperBound) characters")
    }
  }

  private static func cut(
    _ text: CELString, _ range: Range<Int>, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    let part = text.withUTF8 { bytes in
      let start = offset(of: range.lowerBound, in: bytes, from: 0)
      let end = offset(of: range.count, in: bytes, from: start)
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
    return try evaluation.string(part)
  }

  /// The offset of so many scalars after another offset.
  private static func offset(
    of scalars: Int, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    var at = start
    for _ in 0..<scalars where at < bytes.count { _ = UTF8Scalar.decode(bytes, at: &at) }
    return at
  }

  @Sendable
  private static func indexOf(
    _ values: [CELValue], _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = values[0], case .string(let part) = values[1] else {
      throw .noOverload
    }
    let count = try count(of: text, &evaluation)
    var start = 0
    if values.count > 2 {
      guard case .int(let given) = values[2] else { throw .noOverload }
      try check(given, 0...count)
      start = Int(given)
    }
    try evaluation.spend(part.utf8Count >> 5)
    let found = text.withUTF8 { bytes in
      part.withUTF8 { part -> Int in
        let from = offset(of: start, in: bytes, from: 0)
        guard let at = ByteSearch(part).first(in: bytes, from: from) else { return -1 }
        return start + UTF8Scalar.count(UnsafeBufferPointer(rebasing: bytes[from..<at]))
      }
    }
    return .int(Int64(found))
  }

  @Sendable
  private static func lastIndexOf(
    _ values: [CELValue], _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = values[0], case .string(let part) = values[1] else {
      throw .noOverload
    }
    let count = try count(of: text, &evaluation)
    var latest = count
    if values.count > 2 {
      guard case .int(let given) = values[2] else { throw .noOverload }
      try check(given, 0...count)
      latest = Int(given)
    }
    if part.isEmpty { return .int(Int64(latest)) }
    try evaluation.spend((text.utf8Count + part.utf8Count) >> 3)
    // Both are searched backwards.
    let found = text.withUTF8 { bytes in
      part.withUTF8 { part -> Int in
        let end = min(offset(of: latest, in: bytes, from: 0) + part.count, bytes.count)
        let reversed = Array(bytes[..<end].reversed())
        return Array(part.reversed()).withUnsafeBufferPointer { tail in
          reversed.withUnsafeBufferPointer { head in
            guard let at = ByteSearch(tail).first(in: head, from: 0) else { return -1 }
            let start = end - at - part.count
            return UTF8Scalar.count(UnsafeBufferPointer(rebasing: bytes[..<start]))
          }
        }
      }
    }
    return .int(Int64(found))
  }

  @Sendable
  private static func substring(
    _ values: [CELValue], _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue {
    guard case .string(let text) = values[0], case .int(let start) = values[1] else {
      throw .noOverload
    }
    let count = try count(of: text, &evaluation)
    var end = Int64(count)
    if values.count > 2 {
      guard case .int(let given) = values[2] else { throw .noOverload }
      end = given
    }
    try check(start, 0...count)
    try check(end, 0...count)
    guard start <= end else {
      throw CELError(
        .indexOutOfRange, "substring(\(start), \(end)) ends before it begins")
    }
    return try cut(text, Int(start)..<Int(end), &evaluation)
  }
}
