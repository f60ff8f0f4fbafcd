import Foundation
import SwellModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Names of hosts to addresses, by the system's own rules.
///
/// An answer is kept for a few seconds, so that a map over a thousand items asks once.
final class HostResolver: Sendable {
  private let answers = SharedAnswers<String, [IPAddress]>()
  private let lookUp: @Sendable (String) throws -> [IPAddress]
  private static let keptFor = Duration.seconds(5)

  /// - Parameter lookUp: may block; called on a thread of its own.
  init(_ lookUp: @escaping @Sendable (String) throws -> [IPAddress] = HostResolver.system) {
    self.lookUp = lookUp
  }

  /// The addresses of a host, at least one, in the order in which they are to be tried.
  func addresses(of host: String) async throws -> [IPAddress] {
    if let address = IPAddress(host) { return [address] }
    return try await answers.answer(for: host) { [lookUp] in
      let found = try await withCheckedThrowingContinuation { continuation in
        // The system only answers to who blocks, and that may be for a minute.
        Thread.detachNewThread {
          continuation.resume(with: Result { try lookUp(host) })
        }
      }
      return (found, Self.keptFor)
    }
  }

  @Sendable static func system(_ host: String) throws -> [IPAddress] {
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, nil, &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    guard status == 0 else { throw failure(host, status) }
    var addresses: [IPAddress] = []
    var entry = list
    while let info = entry {
      if let address = address(in: info.pointee), !addresses.contains(address) {
        addresses.append(address)
      }
      entry = info.pointee.ai_next
    }
    guard !addresses.isEmpty else { throw failure(host, EAI_NONAME) }
    return addresses
  }

  private static func address(in info: addrinfo) -> IPAddress? {
    guard let raw = UnsafeRawPointer(info.ai_addr) else { return nil }
    switch info.ai_family {
    case AF_INET:
      var address = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
      return IPAddress(bytes: withUnsafeBytes(of: &address) { Array($0) })
    case AF_INET6:
      var address = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
      return IPAddress(bytes: withUnsafeBytes(of: &address) { Array($0) })
    default: return nil
    }
  }

  private static func failure(_ host: String, _ status: Int32) -> NodeError {
    let reason = String(cString: gai_strerror(status))
    return NodeError(
      .transport, "the host \(host) cannot be found: \(reason)",
      code: status == EAI_NONAME ? "host_not_found" : "dns_failed")
  }
}
