import Foundation
import SwellCore
public import SwellEngine
public import SwellModel

/// The kind `file`: reads and lists files as a source, writes them as a sink, all below one folder.
///
/// Nothing leads out of that folder: neither `..` nor an absolute path nor a symbolic link, at any moment.
public struct FileNode: NodeKind {
  public let kind = "file"
  public let concurrencyLimit: Int?
  private let root: RootFolder

  /// - Parameters:
  ///   - root: the folder; a symbolic link in its own path is followed.
  ///   - concurrencyLimit: how many files are worked on at a time; by default twice the processors.
  public init(root: String, concurrencyLimit: Int? = nil) {
    self.root = RootFolder(path: root)
    self.concurrencyLimit =
      concurrencyLimit ?? max(4, 2 * ProcessInfo.processInfo.activeProcessorCount)
  }

  public func execute(_ request: NodeRequest) async throws -> Payload {
    try await perform(
      try FileSettings(request.with, role: request.definition.node.role), request.input)
  }

  func perform(_ settings: FileSettings, _ input: Payload) async throws -> Payload {
    let root = root
    return try await BlockingWork.run { cancellation throws(NodeError) in
      let (what, path) =
        switch settings.task {
        case .read(let path, _): ("read", path)
        case .list(let path, _): ("list", path)
        case .write(let path, _): ("write", path)
        }
      do throws(NodeError) {
        return try Self.perform(settings, input, root, cancellation)
      } catch {
        var error = error
        error.context.operation = "\(what) \(path)"
        throw error
      }
    }
  }

  private static func perform(
    _ settings: FileSettings, _ input: Payload, _ root: RootFolder, _ cancellation: FileCancellation
  ) throws(NodeError) -> Payload {
    switch settings.task {
    case .read(let path, let maxBytes):
      return try FileReading.output(
        of: try root.read(path, maxBytes: maxBytes), settings.format, settings.table)
    case .list(let path, let search):
      return output(try root.list(path, search, cancellation))
    case .write(let path, let mode):
      let bytes = try FileWriting.bytes(of: input, settings.format, settings.table)
      switch mode {
      case .replace: try root.replace(path, with: bytes)
      case .append: try root.append(bytes, to: path, cancellation)
      }
      return JSONValue.object([
        .init("path", .string("\(path)")), .init("bytes", .int(Int64(bytes.count))),
        .init("sha256", .string(SHA256.text(of: bytes))),
      ]).payload
    }
  }

  private static func output(_ entries: [RootFolder.Entry]) -> Payload {
    JSONValue.array(
      entries.map { entry in
        let modified = Date(timeIntervalSince1970: Double(entry.modified))
        return .object([
          .init("path", .string("\(entry.path)")),
          .init("name", .string(entry.path.name)),
          .init("size", .int(Int64(entry.size))),
          .init("modified", .string(modified.formatted(.iso8601))),
        ])
      }
    ).payload
  }
}
