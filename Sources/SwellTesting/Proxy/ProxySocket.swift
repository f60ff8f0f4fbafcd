#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A Unix socket whose calls block; closed when nobody has it any more.
final class ProxySocket: Sendable {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private let descriptor: Int32

  private init(_ descriptor: Int32) {
    self.descriptor = descriptor
    #if canImport(Darwin)
      var on: Int32 = 1
      setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    #endif
  }

  deinit { close(descriptor) }

  static func connected(to path: String) throws -> ProxySocket {
    let socket = try made()
    guard try address(path, { connect(socket.descriptor, $0, $1) }) == 0 else {
      throw failure("cannot connect to \(path)")
    }
    return socket
  }

  static func listening(at path: String) throws -> ProxySocket {
    let socket = try made()
    guard try address(path, { bind(socket.descriptor, $0, $1) }) == 0,
      chmod(path, 0o777) == 0, listen(socket.descriptor, 512) == 0
    else { throw failure("cannot listen at \(path)") }
    return socket
  }

  /// The next client, or nil once the socket is shut.
  func nextClient() -> ProxySocket? {
    while true {
      let client = accept(descriptor, nil, nil)
      if client >= 0 {
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        return ProxySocket(client)
      }
      if errno != EINTR && errno != ECONNABORTED { return nil }
    }
  }

  /// Adds what has arrived, at least a byte; false at the end of the stream.
  func read(into buffer: inout [UInt8]) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { room in
      while true {
        let count = recv(descriptor, room.baseAddress, room.count, 0)
        if count > 0 {
          buffer.append(contentsOf: room[0..<count])
          return true
        }
        if count == 0 || errno != EINTR { return false }
      }
    }
  }

  /// Sends all; false when the other side has gone.
  func write(_ bytes: some Collection<UInt8>) -> Bool {
    let array = Array(bytes)
    var sent = 0
    while sent < array.count {
      let count = array.withUnsafeBytes { bytes in
        #if canImport(Darwin)
          send(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, 0)
        #else
          send(
            descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent,
            Int32(MSG_NOSIGNAL))
        #endif
      }
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      sent += count
    }
    return true
  }

  /// Ends both directions, and wakes whoever reads, writes or accepts.
  func shut() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Says that nothing more is sent.
  func shutWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  private static func made() throws -> ProxySocket {
    #if canImport(Darwin)
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #else
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    guard descriptor >= 0 else { throw failure("cannot make a socket") }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return ProxySocket(descriptor)
  }

  private static func address(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws -> Int32 {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: name.sun_path) else {
      throw Failure(description: "the path of a socket is too long: \(path)")
    }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: &name) { name in
      name.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static func failure(_ what: String) -> Failure {
    Failure(description: "\(what): \(String(cString: strerror(errno)))")
  }
}
