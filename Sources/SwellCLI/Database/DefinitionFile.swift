import Foundation
import SwellModel

/// A workflow definition in a file, or on standard input as `-`.
enum DefinitionFile {
  /// Throws: `DefinitionProblems` with every problem and its place.
  static func read(_ path: String) throws -> WorkflowDefinition {
    let bytes = try InputFile.read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(.data, "not_utf8", "\(path) is not UTF-8 text")
    }
    return try WorkflowDefinition.parse(
      text, format: path.hasSuffix(".json") ? .json : .auto, file: path)
  }
}
