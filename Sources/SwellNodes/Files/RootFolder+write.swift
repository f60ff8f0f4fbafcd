import SwellModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension RootFolder {
  /// Puts a file in the place of what has its name, if anything has.
  ///
  /// Whoever looks, at any moment and after any crash, finds the old file or the new one, whole. When this
  /// returns, the new one is on the disk.
  func replace(_ path: RelativePath, with bytes: [UInt8]) throws(NodeError) {
    let folder = try parent(of: path, makesMissing: true)
    let name = path.name
    let mode = try modeOfFile(name, in: folder, path)
    let temporary = ".swell-" + Self.randomName()
    let number = openat(
      folder.number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard number >= 0 else { throw FileFailure.error(errno, "write beside", path) }
    let file = Descriptor(number)
    if let mode { _ = fchmod(file.number, mode) }
    guard file.write(bytes), file.sync(),
      renameat(folder.number, temporary, folder.number, name) == 0
    else {
      let reason = errno
      unlinkat(folder.number, temporary, 0)
      throw FileFailure.error(reason, "write", path)
    }
    guard folder.sync() else { throw FileFailure.error(errno, "keep the name", path) }
  }

  /// Writes lines behind those that a file holds, and makes it if it is not there.
  ///
  /// What several write does not mix. When this returns, it is on the disk. After a crash in the middle
  /// the file may end in the middle of a line; whoever appends next begins a line of its own.
  func append(
    _ bytes: [UInt8], to path: RelativePath, _ cancellation: FileCancellation
  ) throws(NodeError) {
    let folder = try parent(of: path, makesMissing: true)
    let name = path.name
    _ = try modeOfFile(name, in: folder, path)
    let number = openat(
      folder.number, name,
      O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0o666)
    guard number >= 0 else {
      let reason = errno
      throw reason == ELOOP
        ? FileFailure.symbolicLink(path) : FileFailure.error(reason, "open", path)
    }
    let file = Descriptor(number)
    while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw FileFailure.error(errno, "lock", path)
      }
      // Another appends; how long it takes is bounded by this node's timeout.
      try cancellation.check()
      usleep(5000)
    }
    guard let status = file.status() else { throw FileFailure.error(errno, "look at", path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure.notFile(path) }
    var last = UInt8(ascii: "\n")
    if status.st_size > 0, pread(file.number, &last, 1, status.st_size - 1) != 1 {
      throw FileFailure.error(errno, "read the end of", path)
    }
    let start = last == UInt8(ascii: "\n") ? bytes : [UInt8(ascii: "\n")] + bytes
    guard file.write(start), file.sync(), folder.sync() else {
      let reason = errno
      ftruncate(file.number, status.st_size)
      throw FileFailure.error(reason, "append to", path)
    }
  }

  /// The permissions of the file that has a name already; nil when none has.
  private func modeOfFile(
    _ name: String, in folder: borrowing Descriptor, _ path: RelativePath
  ) throws(NodeError) -> mode_t? {
    var status = stat()
    guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
      guard errno == ENOENT else { throw FileFailure.error(errno, "look at", path) }
      return nil
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return status.st_mode & 0o777
    case S_IFLNK: throw FileFailure.symbolicLink(path)
    default: throw FileFailure.notFile(path)
    }
  }

  private static func randomName() -> String {
    String(UInt64.random(in: 0...UInt64.max), radix: 16) + ".tmp"
  }
}
