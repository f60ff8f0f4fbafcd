import SwellModel

/// A pattern for the names of files, as shells have it: `*` is anything, `?` one character, `[a-z]` one of
/// several, `[!a-z]` one of all others.
struct NamePattern: Sendable {
  private enum Part {
    case anything
    case one
    case set([ClosedRange<UInt32>], isNegated: Bool)
    case scalar(UInt32)
  }

  private let parts: [Part]

  init(_ text: String) throws(NodeError) {
    func wrong(_ what: String) -> NodeError {
      NodeError(
        .validation, "the pattern '\(text)' \(what)", code: "invalid_pattern")
    }
    let scalars = text.unicodeScalars.map(\.value)
    var parts: [Part] = []
    var at = 0
    while at < scalars.count {
      defer { at += 1 }
      switch UnicodeScalar(scalars[at]) {
      case "*": parts.append(.anything)
      case "?": parts.append(.one)
      case "/":
        throw wrong("has a '/': it is matched with names; with recursive folders are searched, too")
      case "[":
        let isNegated =
          at + 1 < scalars.count && "!^".unicodeScalars.contains { $0.value == scalars[at + 1] }
        let start = at + (isNegated ? 2 : 1)
        // A bracket that comes first is one of the characters.
        guard start + 1 < scalars.count,
          let end = scalars[(start + 1)...].firstIndex(of: UnicodeScalar("]").value)
        else { throw wrong("has a '[' without its ']'") }
        var ranges: [ClosedRange<UInt32>] = []
        var next = start
        while next < end {
          let low = scalars[next]
          var high = low
          if next + 2 < end, scalars[next + 1] == UnicodeScalar("-").value {
            high = scalars[next + 2]
            next += 2
          }
          guard low <= high else { throw wrong("has a range whose end is before its beginning") }
          ranges.append(low...high)
          next += 1
        }
        parts.append(.set(ranges, isNegated: isNegated))
        at = end
      default: parts.append(.scalar(scalars[at]))
      }
    }
    self.parts = parts
  }

  /// In time of at most the size of the pattern times that of the name.
  func matches(_ name: String) -> Bool {
    let scalars = name.unicodeScalars.map(\.value)
    var at = 0
    var part = 0
    // Where the last `*` was, and how much of the name it takes: it takes more when nothing else fits.
    var star: (part: Int, at: Int)?
    while at < scalars.count {
      if part < parts.count {
        if case .anything = parts[part] {
          star = (part, at)
          part += 1
          continue
        }
        if Self.holds(parts[part], scalars[at]) {
          part += 1
          at += 1
          continue
        }
      }
      guard let last = star else { return false }
      star = (last.part, last.at + 1)
      part = last.part + 1
      at = last.at + 1
    }
    return parts[part...].allSatisfy { if case .anything = $0 { true } else { false } }
  }

  private static func holds(_ part: Part, _ scalar: UInt32) -> Bool {
    switch part {
    case .anything, .one: true
    case .scalar(let wanted): wanted == scalar
    case .set(let ranges, let isNegated):
      ranges.contains { $0.contains(scalar) } != isNegated
    }
  }
}
