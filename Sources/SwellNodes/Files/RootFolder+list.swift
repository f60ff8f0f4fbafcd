import SwellModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension RootFolder {
  /// A file as a list has it.
  struct Entry: Sendable, Hashable {
    /// From the root on: what a node that reads it is given.
    var path: RelativePath
    var size: Int
    /// Seconds since 1970.
    var modified: Int
  }

  /// What is looked for in a folder.
  struct Search: Sendable {
    /// None takes every name.
    var patterns: [NamePattern] = []
    var isRecursive = false
    var takesHidden = false
    var maxFiles = FileKind.defaultMaxFiles

    func takes(_ name: String) -> Bool {
      (takesHidden || !name.hasPrefix("."))
        && (patterns.isEmpty || patterns.contains { $0.matches(name) })
    }
  }

  /// A folder may hold far more than what matches.
  private static let maxLooks = 1_000_000

  /// The files of a folder by their paths. Symbolic links and what else is no file are left out, and so
  /// are names that are not UTF-8, which JSON cannot say.
  func list(
    _ top: RelativePath, _ search: Search, _ cancellation: FileCancellation
  ) throws(NodeError) -> [Entry] {
    var found: [Entry] = []
    var folders = [top]
    var looks = 0
    while let path = folders.popLast() {
      let folder: Descriptor
      do throws(NodeError) {
        folder = try self.folder(path)
      } catch {
        // What was moved away since it was seen is not there, and that is all.
        let isGone =
          error.code == "file_not_found" || error.code == "symbolic_link"
          || error.code == "not_a_folder"
        if path != top, isGone { continue }
        throw error
      }
      for name in try Self.names(in: folder, path) {
        looks += 1
        try cancellation.check()
        guard looks <= Self.maxLooks else {
          throw Self.tooMany("more than \(Self.maxLooks) names", top)
        }
        var status = stat()
        guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
        let path = path.appending(name)
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
          if search.isRecursive, search.takesHidden || !name.hasPrefix(".") { folders.append(path) }
        case S_IFREG where search.takes(name):
          guard found.count < search.maxFiles else {
            throw Self.tooMany("more than \(search.maxFiles) files that match", top)
          }
          found.append(
            Entry(path: path, size: Int(status.st_size), modified: Self.seconds(status)))
        default: break
        }
      }
    }
    return found.sorted {
      $0.path.description.utf8.lexicographicallyPrecedes($1.path.description.utf8)
    }
  }

  private static func tooMany(_ what: String, _ path: RelativePath) -> NodeError {
    NodeError(
      .tooLarge,
      "the folder '\(path)' has \(what); narrow the pattern, or list its folders one by one",
      code: "too_many_files")
  }

  private static func seconds(_ status: stat) -> Int {
    #if canImport(Darwin)
      status.st_mtimespec.tv_sec
    #else
      status.st_mtim.tv_sec
    #endif
  }

  private static func names(
    in folder: borrowing Descriptor, _ path: RelativePath
  ) throws(NodeError) -> [String] {
    // The stream takes a descriptor of its own, and closes it.
    let number = openat(folder.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0, let stream = fdopendir(number) else {
      let reason = errno
      if number >= 0 { close(number) }
      throw FileFailure.error(reason, "look into", path)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw FileFailure.error(errno, "look into", path) }
        return names
      }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(
          to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)
        ) { String(validatingCString: $0) }
      }
      if let name, name != ".", name != ".." { names.append(name) }
    }
  }
}
