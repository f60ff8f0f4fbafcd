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
  let descriptor: CInt

  /// The file with the bytes, to be read from its start; nil when the system has no room.
  init?(holding bytes: [UInt8]) {
    let descriptor = Self.make()
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        write(descriptor, raw.baseAddress.map { $0 + written }, raw.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return nil }
      written += count
    }
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { return nil }
  }

  deinit {
    close(descriptor)
  }

  /// The file as a subprocess's input.
  var asInput: FileDescriptorInput? {
    Self.number(descriptor).map { .fileDescriptor($0, closeAfterSpawningProcess: false) }
  }

  /// The library's file descriptor belongs to a package that is no dependency of this one, so
  /// it is made through the protocol that it conforms to.
  private static func number<Value: RawRepresentable>(_ value: CInt) -> Value?
  where Value.RawValue == CInt { Value(rawValue: value) }

  private static func make() -> CInt {
    #if os(Linux)
      let memory = memfd_create("swell-stdin", CUnsignedInt(MFD_CLOEXEC))
      if memory >= 0 { return memory }
    #endif
    var template = Array("/tmp/swell-stdin-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return descriptor }
    unlink(template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return descriptor
  }
}
