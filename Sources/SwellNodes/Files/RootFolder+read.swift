import SwellModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension RootFolder {
  /// What a file holds.
  func read(_ path: RelativePath, maxBytes: Int) throws(NodeError) -> [UInt8] {
    let folder = try parent(of: path)
    let name = path.name
    // Without O_NONBLOCK a named pipe would be waited for.
    let number = openat(
      folder.number, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard number >= 0 else {
      let reason = errno
      throw reason == ELOOP
        ? FileFailure.symbolicLink(path) : FileFailure.error(reason, "open", path)
    }
    let file = Descriptor(number)
    guard let status = file.status() else { throw FileFailure.error(errno, "look at", path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileFailure.notFile(path) }
    guard status.st_size <= maxBytes else { throw tooLarge(path, Int(status.st_size), maxBytes) }
    guard let bytes = file.read(atMost: maxBytes + 1) else {
      throw FileFailure.error(errno, "read", path)
    }
    // It may have grown since.
    guard bytes.count <= maxBytes else { throw tooLarge(path, bytes.count, maxBytes) }
    return bytes
  }

  private func tooLarge(_ path: RelativePath, _ count: Int, _ limit: Int) -> NodeError {
    NodeError(
      .tooLarge,
      "'\(path)' has \(count) bytes, and maxBytes is \(limit); pass the file's path on instead of "
        + "what it holds", code: "file_too_large")
  }
}
