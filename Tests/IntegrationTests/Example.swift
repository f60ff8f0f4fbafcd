import Foundation

/// A file of `Examples`.
enum Example {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples")

  static func path(_ path: String) -> String { folder.appendingPathComponent(path).path }

  /// The text of a definition, with a test's own in the place of what it names.
  static func text(_ path: String, with replacements: KeyValuePairs<String, String> = [:]) throws
    -> String
  {
    var text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    for (name, own) in replacements { text = text.replacing(name, with: own) }
    return text
  }
}
