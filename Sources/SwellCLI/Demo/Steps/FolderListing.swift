import Foundation

/// The files of a folder, as the first step hands them to the others.
struct FolderListing: Codable, Sendable, Hashable {
  struct File: Codable, Sendable, Hashable {
    /// Relative to the folder.
    var path: String
    var size: Int
    /// Seconds since 1970.
    var modified: Int
  }

  var folder: String
  var ledger: String
  var count: Int
  var bytes: Int
  /// The largest ones where there are more than fit into one node's output.
  var files: [File]

  /// Well below the limit of a node's output.
  private static let maxJSONBytes = 700_000

  /// Lists a folder, without what is hidden or fetched: repositories, build products, packages.
  ///
  /// - Throws: `CommandFailure` with `no_folder` when it cannot be read.
  static func read(_ input: DemoInput) throws -> FolderListing {
    let root = URL(fileURLWithPath: input.folder, isDirectory: true)
    let keys: Set<URLResourceKey> = [
      .isRegularFileKey, .isSymbolicLinkKey, .fileSizeKey, .contentModificationDateKey,
    ]
    guard
      let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: Array(keys))
    else {
      throw CommandFailure(.data, "no_folder", "the folder \(input.folder) cannot be read")
    }
    let prefix = root.path.hasSuffix("/") ? root.path : root.path + "/"
    var files: [File] = []
    while let url = walk.nextObject() as? URL {
      let name = url.lastPathComponent
      if name.hasPrefix(".") || name == "node_modules" {
        walk.skipDescendants()
        continue
      }
      guard let values = try? url.resourceValues(forKeys: keys), values.isRegularFile == true,
        values.isSymbolicLink != true
      else { continue }
      let path = url.path.hasPrefix(prefix) ? String(url.path.dropFirst(prefix.count)) : url.path
      files.append(
        File(
          path: path, size: values.fileSize ?? 0,
          modified: Int(values.contentModificationDate?.timeIntervalSince1970 ?? 0)))
    }
    let bytes = files.reduce(0) { $0 + $1.size }
    var room = maxJSONBytes
    let kept = files.sorted { ($1.size, $0.path) < ($0.size, $1.path) }.prefix { file in
      room -= file.path.utf8.count + 60
      return room > 0
    }
    return FolderListing(
      folder: input.folder, ledger: input.ledger, count: files.count, bytes: bytes,
      files: Array(kept))
  }

  /// The ten largest files.
  func largest() -> [File] {
    Array(files.sorted { ($1.size, $0.path) < ($0.size, $1.path) }.prefix(10))
  }

  /// The content of a file; nil when it is gone, unreadable, or too large for a demo.
  func content(of file: File) -> Data? {
    guard file.size <= 32 << 20 else { return nil }
    return try? Data(
      contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(file.path),
      options: .alwaysMapped)
  }
}
