#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An exclusive `flock` on a file, held until the value goes away or its process dies.
final class DirectoryLock: Sendable {
  private let descriptor: CInt

  private init(descriptor: CInt) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// The lock on `path`, or nil when somebody else holds it.
  static func attempt(_ path: String) throws(PrivateServerError) -> DirectoryLock? {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else {
        throw PrivateServerError(
          .directory, "cannot open the lock file \(path): \(String(cString: strerror(errno)))")
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let reason = errno
        close(descriptor)
        if reason == EWOULDBLOCK || reason == EINTR { return nil }
        throw PrivateServerError(
          .directory, "cannot lock \(path): \(String(cString: strerror(reason)))")
      }
      // The previous holder may have removed the folder: then this is a lock on nothing.
      var held = stat()
      var named = stat()
      if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino,
        held.st_dev == named.st_dev
      {
        return DirectoryLock(descriptor: descriptor)
      }
      close(descriptor)
    }
  }

  /// The lock on `path`, waiting for its holder without blocking a thread.
  static func acquire(
    _ path: String, patience: Duration
  ) async throws(PrivateServerError) -> DirectoryLock {
    let deadline = ContinuousClock.now + patience
    while true {
      if let lock = try attempt(path) { return lock }
      guard ContinuousClock.now < deadline else {
        throw PrivateServerError(
          .locked,
          "another process has held \(path) for \(patience): it is starting or stopping "
            + "the server there")
      }
      do {
        try await Task.sleep(for: .milliseconds(20))
      } catch {
        throw PrivateServerError(.locked, "cancelled while another process held \(path)")
      }
    }
  }
}
