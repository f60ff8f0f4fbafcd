#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An address of a host: 4 bytes, or 16.
struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  let bytes: [UInt8]

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// From the usual notation alone: `127.1` and `0x7f000001` are names to this.
  init?(_ text: String) {
    var four = in_addr()
    var sixteen = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      bytes = withUnsafeBytes(of: &four) { Array($0) }
    } else if inet_pton(AF_INET6, text, &sixteen) == 1 {
      bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
    } else {
      return nil
    }
  }

  var isV4: Bool { bytes.count == 4 }

  /// The IPv4 address to which this one leads: by mapping, or by a translator of the network (NAT64).
  var embedded: IPAddress? {
    let prefixes: [[UInt8]] = [
      [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF],
      [0, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8),
    ]
    guard prefixes.contains(where: { bytes.count == 16 && bytes.starts(with: $0) }) else {
      return nil
    }
    return IPAddress(bytes: Array(bytes[12...]))
  }

  var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    _ = inet_ntop(isV4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
