import Foundation
import SwellModel
import SwellStore

/// How values are shown to people.
enum Words {
  /// `85 ms`, `2.31 s`, `4 min 10 s`, `3 h 5 min`.
  static func duration(_ duration: Duration) -> String {
    let milliseconds = Double(duration.microseconds) / 1000
    switch milliseconds {
    case ..<0: return "0 ms"
    case ..<10: return String(format: "%.1f ms", milliseconds)
    case ..<1000: return String(format: "%.0f ms", milliseconds)
    case ..<60_000: return String(format: "%.2f s", milliseconds / 1000)
    default:
      let seconds = Int(milliseconds / 1000)
      if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
      if seconds < 86_400 { return "\(seconds / 3600) h \(seconds % 3600 / 60) min" }
      return "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
    }
  }

  static func span(_ from: DatabaseTime?, _ to: DatabaseTime?) -> String {
    guard let from, let to else { return "" }
    return duration(to.elapsed(since: from))
  }

  /// `2026-03-01 09:30:00.123`, in UTC.
  static func moment(_ moment: DatabaseTime?) -> String {
    guard let moment else { return "" }
    return moment.iso8601.replacing("T", with: " ").dropLast(4) + ""
  }

  /// `09:30:00.123`, in UTC.
  static func clock(_ moment: DatabaseTime?) -> String {
    guard let moment else { return "" }
    return String(moment.iso8601.dropFirst(11).dropLast(4))
  }

  static func count(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
  }

  /// One line of `kind: message` of an error that is stored as JSON.
  static func error(_ payload: Payload?) -> String {
    guard let payload, let value = try? JSONValue.parse(payload) else { return "" }
    let kind = value["kind"]?.string ?? "error"
    let code = value["code"]?.string.map { " (\($0))" } ?? ""
    return clean("\(kind)\(code): \(value["message"]?.string ?? payload.text)")
  }

  /// A line about a node, in the colour of its state.
  static func painted(_ line: String, state: String?) -> String {
    switch state {
    case "succeeded": Terminal.paint(line, .green)
    case "failed": Terminal.paint(line, .red)
    case "retrying", "waiting", "cancelled": Terminal.paint(line, .yellow)
    case "skipped", "pending": Terminal.paint(line, .gray)
    case "running": Terminal.paint(line, .blue)
    default: line
    }
  }

  /// One line that does nothing to a terminal: a line break is a space, other control characters
  /// are shown as what they are.
  static func clean(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\n", "\r", "\t": result += " "
      case _ where isControl(scalar): result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
  }

  /// JSON over several lines, each behind `indent`.
  static func pretty(_ payload: Payload, indent: String = "") -> String {
    guard let value = try? JSONValue.parse(payload) else { return indent + payload.text }
    return indent + pretty(value, indent)
  }

  private static func pretty(_ value: JSONValue, _ indent: String) -> String {
    let inner = indent + "  "
    switch value {
    case .array(let elements) where !elements.isEmpty:
      let parts = elements.map { inner + pretty($0, inner) }
      return "[\n" + parts.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members) where !members.isEmpty:
      let parts = members.map {
        inner + JSONValue.string($0.key).payload.text + ": " + pretty($0.value, inner)
      }
      return "{\n" + parts.joined(separator: ",\n") + "\n\(indent)}"
    default: return value.payload.text
    }
  }
}
