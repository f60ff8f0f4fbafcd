import Foundation
import SwellModel

/// The bytes of a file that a person named, or of standard input as `-`.
enum InputFile {
  static func read(_ path: String) throws -> [UInt8] {
    if path == "-" {
      return Array(FileHandle.standardInput.readDataToEndOfFile())
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      let exists = FileManager.default.fileExists(atPath: path)
      throw CommandFailure(
        .data, exists ? "unreadable_file" : "no_such_file",
        exists ? "the file \(path) cannot be read" : "there is no file \(path)")
    }
    return Array(data)
  }

  /// Bytes that a person gave as JSON.
  static func json(_ bytes: [UInt8], _ what: String) throws -> Payload {
    do {
      _ = try JSONValue.parse(bytes)
    } catch {
      throw CommandFailure(
        .data, "not_json", "\(what) is not JSON: \(error)",
        remedy: "Write it as JSON, for example '{\"order\": 42}'.")
    }
    return Payload(bytes: bytes)
  }
}
