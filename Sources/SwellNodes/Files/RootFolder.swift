import SwellModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The folder of a worker that nothing leads out of.
///
/// A path is walked name by name, each opened in the folder before it and never through a symbolic
/// link. So it makes no difference what somebody puts in the place of a name while it is walked.
struct RootFolder: Sendable {
  let path: String

  /// A folder below the root.
  ///
  /// - Parameter makesMissing: whether folders that are not there are made.
  func folder(
    _ path: RelativePath, makesMissing: Bool = false
  ) throws(NodeError) -> Descriptor {
    var current = try open()
    for (place, name) in path.components.enumerated() {
      let here = path.prefix(place + 1)
      current = try Self.enter(name, of: current, here, makesMissing: makesMissing)
    }
    return current
  }

  /// The folder that a file is in.
  func parent(
    of path: RelativePath, makesMissing: Bool = false
  ) throws(NodeError) -> Descriptor {
    guard !path.isRoot else { throw FileFailure.notFile(path) }
    return try folder(path.prefix(path.components.count - 1), makesMissing: makesMissing)
  }

  private func open() throws(NodeError) -> Descriptor {
    #if canImport(Darwin)
      let number = Darwin.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #elseif canImport(Musl)
      let number = Musl.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #else
      let number = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    #endif
    guard number >= 0 else {
      throw NodeError(
        .io, "the worker's --root \(path) cannot be opened: \(String(cString: strerror(errno)))",
        code: "root_missing")
    }
    return Descriptor(number)
  }

  private static func enter(
    _ name: String, of folder: borrowing Descriptor, _ path: RelativePath, makesMissing: Bool
  ) throws(NodeError) -> Descriptor {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    var number = openat(folder.number, name, flags)
    if number < 0, errno == ENOENT, makesMissing {
      // Somebody else may make it at the same moment.
      guard mkdirat(folder.number, name, 0o777) == 0 || errno == EEXIST, folder.sync() else {
        throw FileFailure.error(errno, "make the folder", path)
      }
      number = openat(folder.number, name, flags)
    }
    guard number < 0 else { return Descriptor(number) }
    let reason = errno
    if reason == ENOTDIR || reason == ELOOP, isLink(name, in: folder) {
      throw FileFailure.symbolicLink(path)
    }
    throw FileFailure.error(reason, "open the folder", path)
  }

  /// For words only: what was opened has been decided by then.
  static func isLink(_ name: String, in folder: borrowing Descriptor) -> Bool {
    var status = stat()
    return fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      && status.st_mode & S_IFMT == S_IFLNK
  }
}
