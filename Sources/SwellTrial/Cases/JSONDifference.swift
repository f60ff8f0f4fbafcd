import SwellModel

/// Where two JSON values differ, in words. Numbers are equal by what they say: 1 and 1.0 are.
struct JSONDifference {
  private(set) var lines: [String] = []
  private var more = 0

  /// More differences than this are only counted.
  private static let most = 12

  init(expected: JSONValue, actual: JSONValue) {
    compare(expected.canonical, actual.canonical, at: "")
    if more > 0 { lines.append("… and \(more) more") }
  }

  private mutating func add(_ path: String, _ words: String) {
    guard lines.count < Self.most else {
      more += 1
      return
    }
    lines.append(path.isEmpty ? words : "\(path): \(words)")
  }

  private mutating func compare(_ expected: JSONValue, _ actual: JSONValue, at path: String) {
    guard expected != actual else { return }
    switch (expected, actual) {
    case (.object(let wanted), .object(let found)):
      for member in wanted {
        let inner = path + Self.step(member.key)
        if let value = actual[member.key] {
          compare(member.value, value, at: inner)
        } else {
          add(inner, "expected \(Self.shown(member.value)), is not there")
        }
      }
      for member in found where expected[member.key] == nil {
        add(path + Self.step(member.key), "\(Self.shown(member.value)) was not expected")
      }
    case (.array(let wanted), .array(let found)):
      for (place, pair) in zip(wanted, found).enumerated() {
        compare(pair.0, pair.1, at: "\(path)[\(place)]")
      }
      for place in found.count..<max(wanted.count, found.count) {
        add("\(path)[\(place)]", "expected \(Self.shown(wanted[place])), is not there")
      }
      for place in wanted.count..<max(wanted.count, found.count) {
        add("\(path)[\(place)]", "\(Self.shown(found[place])) was not expected")
      }
    default: add(path, "expected \(Self.shown(expected)), was \(Self.shown(actual))")
    }
  }

  private static func step(_ key: String) -> String {
    let isName = !key.isEmpty && key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    return isName ? ".\(key)" : "[\(JSONValue.string(key).payload.text)]"
  }

  /// As JSON, at most 100 characters of it.
  static func shown(_ value: JSONValue) -> String {
    let text = value.payload.text
    return text.count > 100 ? text.prefix(100) + "…" : text
  }
}
