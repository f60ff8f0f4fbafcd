import Foundation

/// One HTTP request over a plain socket: the answer as text.
enum WebRequest {
  struct Refused: Error {}

  /// Asks again until the port is open.
  static func get(port: UInt16, path: String) async throws -> String {
    let end = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < end {
      if let answer = try await once(port: port, path: path) { return answer }
    }
    throw Refused()
  }

  private static func once(port: UInt16, path: String) async throws -> String? {
    try await withCheckedThrowingContinuation { continuation in
      // A socket blocks its thread, so it gets one of its own.
      Thread.detachNewThread {
        continuation.resume(with: Result { exchange(port: port, path: path) })
      }
    }
  }

  private static func exchange(port: UInt16, path: String) -> String? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { return nil }
    let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    guard request.withCString({ write(descriptor, $0, strlen($0)) }) > 0 else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }
}
