import Subprocess

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Bytes behind a file descriptor that has no name.
///
/// A program's input is one of these rather than a pipe: a program that does not read it then
/// costs no writer, no EPIPE, and no SIGPIPE, which would end this process.
final class AnonymousFile: Sendable {
  private let descriptor: CInt

  private init(_ descriptor: CInt) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// A file with the bytes, to be read from its start; nil when the system has no room.
  static func holding(_ bytes: [UInt8]) -> AnonymousFile? {
    // Memory first; in a container there may be little of that kind.
    for folder in ["/dev/shm", "/tmp"] {
      if let file = make(in: folder), file.fill(bytes) { return file }
    }
    return nil
  }

  /// The file as a subprocess's input.
  var asInput: FileDescriptorInput? {
    Self.number(descriptor).map { .fileDescriptor($0, closeAfterSpawningProcess: false) }
  }

  private static func make(in folder: String) -> AnonymousFile? {
    var template = Array("\(folder)/swell-stdin-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return nil }
    unlink(template)
    // The library closes what it was not asked to hand on; this is for whoever else forks here.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return AnonymousFile(descriptor)
  }

  private func fill(_ bytes: [UInt8]) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        raw.baseAddress.map { write(descriptor, $0 + written, raw.count - written) } ?? -1
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      written += count
    }
    return lseek(descriptor, 0, SEEK_SET) == 0
  }

  /// The library's file descriptor belongs to a package that is no dependency of this one, so
  /// it is made through the protocol that it conforms to.
  private static func number<Value: RawRepresentable>(_ value: CInt) -> Value?
  where Value.RawValue == CInt { Value(rawValue: value) }
}
