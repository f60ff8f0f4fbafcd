import Foundation
import SwellTesting

/// The `swell` command as a person starts it.
enum SwellCommand {
  struct Ending: Sendable {
    var code: Int32
    /// What it printed, both streams.
    var output: String
  }

  /// Runs it to its end.
  static func run(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) async throws -> Ending {
    let process = try WorkerProcess("swell", arguments: arguments, environment: environment)
    let code = await process.ended()
    let output = process.log
    await process.destroy()
    return Ending(code: code, output: output)
  }

  /// Of this process, and gone with it.
  private static let folder: String = {
    let path = FileManager.default.temporaryDirectory.path + "/swell-commands-\(getpid())"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: SwellCommand.folder) }
    return path
  }()

  /// A file of its own with the text, and its path.
  static func file(_ name: String, _ text: String) throws -> String {
    let path = folder + "/\(UUID().uuidString)-\(name)"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }
}
