import Foundation
import SwellModel
import SwellStore

/// A file in which every execution of a step leaves a line: proof beside the tables of what was
/// executed, and how often.
enum DemoLedger {
  struct Entry: Sendable, Hashable {
    var node: String
    var attempt: Int
    /// Microseconds since 1970, by this machine's clock.
    var at: Int64
  }

  /// Appends a line to the ledger that the input names, directly or in what it carries along.
  static func enter(_ input: Data, node: String, attempt: Int) throws {
    guard let value = try? JSONValue.parse(Array(input)), let path = path(in: value) else { return }
    let line = "\(node) \(attempt) \(LogClock.now().microseconds)\n"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandFailure(.software, "ledger", "cannot write the ledger \(path)")
    }
    defer { close(descriptor) }
    // One small write to a file that is only appended to: lines of two processes do not mix.
    _ = Array(line.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  static func read(_ path: String) -> [Entry] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ")
      guard parts.count == 3, let attempt = Int(parts[1]), let at = Int64(parts[2]) else {
        return nil
      }
      return Entry(node: String(parts[0]), attempt: attempt, at: at)
    }
  }

  private static func path(in value: JSONValue) -> String? {
    value["ledger"]?.string ?? value["$primaryInput"]?["ledger"]?.string
      ?? value["lines"]?["ledger"]?.string
  }
}
