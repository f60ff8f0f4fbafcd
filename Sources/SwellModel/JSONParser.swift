/// Parses JSON into located values, without recursion.
///
/// It runs the payload scanner first, so that what it accepts is what jsonb accepts, and
/// then only builds: the second pass meets no malformed text.
struct JSONParser {
  enum Duplicates {
    case rejected, lastWins
  }

  /// An open array or object: where its finished parts begin on the stacks.
  private struct Container {
    var place: SourcePlace
    var isObject: Bool
    var firstValue: Int
    var firstKey: Int
  }

  private let bytes: [UInt8]
  private let maxDepth: Int
  private let duplicates: Duplicates
  private let exactIntegers: Bool
  private var at = 0
  private var line = 1
  private var column = 1
  private var open: [Container] = []
  private var values: [LocatedValue] = []
  private var keys: [(key: String, place: SourcePlace)] = []

  /// - Parameter exactIntegers: whether a whole number beyond 64 bits is a problem, rather
  ///   than rounded.
  init(_ bytes: [UInt8], maxDepth: Int, duplicates: Duplicates, exactIntegers: Bool = false) {
    self.bytes = bytes
    self.maxDepth = maxDepth
    self.duplicates = duplicates
    self.exactIntegers = exactIntegers
  }

  mutating func parse() throws(JSONSyntaxProblem) -> LocatedValue {
    do throws(PayloadProblem) {
      try PayloadScan.check(
        bytes, limits: PayloadScan.Limits(maxBytes: .max, maxDepth: maxDepth))
    } catch {
      advance(to: min(error.offset, bytes.count))
      let code: JSONSyntaxProblem.Code =
        switch error.code {
        case .tooDeep: .tooDeep
        case .numberRange: .numberRange
        default: .syntax
        }
      throw JSONSyntaxProblem(code, error.message, at: place)
    }
    while true {
      skip { $0 <= 0x20 }
      let start = place
      let first = bytes[at]
      if first == UInt8(ascii: "[") || first == UInt8(ascii: "{") {
        let isObject = first == UInt8(ascii: "{")
        open.append(
          Container(
            place: start, isObject: isObject, firstValue: values.count, firstKey: keys.count))
        step()
        skip { $0 <= 0x20 }
        if bytes[at] != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          if isObject { key() }
          continue
        }
        step()
        try close()
      } else {
        values.append(try scalar())
      }
      while let container = open.last {
        skip { $0 <= 0x20 }
        let more = bytes[at] == UInt8(ascii: ",")
        step()
        if more {
          skip { $0 <= 0x20 }
          if container.isObject { key() }
          break
        }
        try close()
      }
      if open.isEmpty, let done = values.last { return done }
    }
  }

  /// Makes the parts of the innermost container one value.
  private mutating func close() throws(JSONSyntaxProblem) {
    guard let container = open.popLast() else { return }
    let parts = values[container.firstValue...]
    let content: LocatedValue.Content
    if container.isObject {
      let members = zip(keys[container.firstKey...], parts).map {
        LocatedObject.Member(key: $0.key, keyPlace: $0.place, value: $1)
      }
      keys.removeSubrange(container.firstKey...)
      content = .object(LocatedObject(members: try unique(members), at: container.place))
    } else {
      content = .array(Array(parts))
    }
    values.removeSubrange(container.firstValue...)
    values.append(LocatedValue(content, at: container.place))
  }

  private var place: SourcePlace { SourcePlace(line: line, column: column) }

  private mutating func step() {
    let byte = bytes[at]
    at += 1
    if byte == 0x0A {
      line += 1
      column = 1
    } else if byte & 0xC0 != 0x80 {
      column += 1
    }
  }

  private mutating func advance(to end: Int) {
    while at < end { step() }
  }

  private mutating func skip(_ matches: (UInt8) -> Bool) {
    while at < bytes.count, matches(bytes[at]) { step() }
  }

  /// A key and its colon.
  private mutating func key() {
    let start = place
    keys.append((string(), start))
    skip { $0 != UInt8(ascii: ":") }
    step()
  }

  private mutating func scalar() throws(JSONSyntaxProblem) -> LocatedValue {
    let start = place
    let from = at
    if bytes[at] == UInt8(ascii: "\"") {
      let begin = at
      let text = string()
      return LocatedValue(
        .string(text), at: start,
        textAt: SourcePlace(line: start.line, column: start.column + 1),
        isVerbatim: at - begin == text.utf8.count + 2)
    }
    skip { $0 > 0x20 && $0 != 0x2C && $0 != 0x5D && $0 != 0x7D }
    let text = String(decoding: bytes[from..<at], as: UTF8.self)
    switch text {
    case "true": return LocatedValue(.bool(true), at: start)
    case "false": return LocatedValue(.bool(false), at: start)
    case "null": return LocatedValue(.null, at: start)
    default: break
    }
    if let number = Int64(text) { return LocatedValue(.int(number), at: start) }
    let isWhole = !text.utf8.contains { ".eE".utf8.contains($0) }
    guard let number = Double(text), number.isFinite, !(isWhole && exactIntegers) else {
      throw JSONSyntaxProblem(
        .numberRange, "the number \(text.prefix(40)) is too large; write it as a string", at: start)
    }
    return LocatedValue(.double(number), at: start)
  }

  private mutating func string() -> String {
    step()
    var from = at
    var text: [UInt8] = []
    while bytes[at] != UInt8(ascii: "\"") {
      guard bytes[at] == UInt8(ascii: "\\") else {
        step()
        continue
      }
      text.append(contentsOf: bytes[from..<at])
      advance(to: at + 2)
      switch bytes[at - 1] {
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"): text.append(contentsOf: String(escaped()).utf8)
      default: text.append(bytes[at - 1])
      }
      from = at
    }
    text.append(contentsOf: bytes[from..<at])
    step()
    return String(decoding: text, as: UTF8.self)
  }

  /// The character of `\uXXXX`, or of two of them that are a pair.
  private mutating func escaped() -> Character {
    var unit = unit()
    if (0xD800..<0xDC00).contains(unit) {
      advance(to: at + 2)
      unit = 0x10000 + (unit - 0xD800) << 10 + (self.unit() - 0xDC00)
    }
    return Character(UnicodeScalar(unit) ?? "\u{FFFD}")
  }

  private mutating func unit() -> UInt32 {
    let from = at
    advance(to: at + 4)
    return UInt32(String(decoding: bytes[from..<at], as: UTF8.self), radix: 16) ?? 0xFFFD
  }

  private func unique(
    _ members: [LocatedObject.Member]
  ) throws(JSONSyntaxProblem) -> [LocatedObject.Member] {
    // By bytes: to Swift two spellings of the same letter are equal, to jsonb they are not.
    var seen: [[UInt8]: Int] = [:]
    var kept: [LocatedObject.Member] = []
    for member in members {
      let bytes = Array(member.key.utf8)
      if let index = seen[bytes] {
        if duplicates == .rejected {
          throw JSONSyntaxProblem(
            .duplicateKey,
            "the key '\(member.key)' is already in this object, at line "
              + "\(kept[index].keyPlace.line); give each key once", at: member.keyPlace)
        }
        kept[index] = member
      } else {
        seen[bytes] = kept.count
        kept.append(member)
      }
    }
    return kept
  }
}
