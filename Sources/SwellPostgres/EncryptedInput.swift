import CLibpq

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What OpenSSL has read of the socket and libpq has not taken from it.
///
/// A record of TLS has up to 16 KiB, and comes out of the socket whole; libpq takes as much of it as its buffer
/// has room for, 8 KiB at least. PostgreSQL's own records are no longer than that. Those of others that end TLS
/// before it may be: of what is left of the last one the socket would never tell.
enum EncryptedInput {
  private typealias Pending = @convention(c) (UnsafeMutableRawPointer) -> Int32

  /// The function of the OpenSSL that libpq has brought: of a process's several libraries of that name only this one
  /// knows its connections. Nil where libpq has none, or has it built in and hidden.
  private static let pending: Pending? = {
    #if canImport(Darwin)
      // All that is loaded: libpq may be in any folder.
      let library = UnsafeMutableRawPointer(bitPattern: -2)
    #else
      // Loaded it is: this is to find it, and what came with it.
      guard let library = dlopen("libpq.so.5", RTLD_LAZY | RTLD_NOLOAD) else { return nil }
    #endif
    return dlsym(library, "SSL_pending").map { unsafeBitCast($0, to: Pending.self) }
  }()

  /// Whether something is left; false for a connection that is not encrypted, or is lost.
  static func isLeft(in handle: OpaquePointer) -> Bool {
    guard let pending, let tls = PQsslStruct(handle, "OpenSSL") else { return false }
    return pending(tls) > 0
  }
}
