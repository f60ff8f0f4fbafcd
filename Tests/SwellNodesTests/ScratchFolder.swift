import Foundation
import SwellModel

@testable import SwellNodes

/// A folder of one test with a `base` in it and what lies beside that; gone when the test is.
final class ScratchFolder: Sendable {
  let path: String
  var root: RootFolder { RootFolder(path: path + "/base") }

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/swell-files-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path + "/base", withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  func put(_ text: String, _ name: String) throws {
    try put(Array(text.utf8), name)
  }

  func put(_ bytes: [UInt8], _ name: String) throws {
    let file = URL(fileURLWithPath: path + "/base/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  /// What a file holds; nil when it is not there.
  func text(_ name: String) -> String? {
    FileManager.default.contents(atPath: path + "/base/" + name)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  func names(_ folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/base/" + folder).sorted()
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: path + "/base/" + name, withDestinationPath: target)
  }

  /// What a node with these settings gives.
  func run(
    _ role: Node.Role, _ with: String, input: String = "null"
  ) async throws -> String {
    let settings = try FileSettings(Payload(json: with), role: role)
    return try await FileNode(root: path + "/base").perform(settings, Payload(json: input)).text
  }

  /// How a node with these settings fails: `kind code`.
  func failure(_ role: Node.Role, _ with: String, input: String = "null") async -> String {
    do {
      return "gave " + (try await run(role, with, input: input))
    } catch let error as NodeError {
      return "\(error.kind) \(error.code ?? "")"
    } catch {
      return "\(error)"
    }
  }
}
