/// An `http` or `https` address, read strictly: what is checked of it is what is connected to.
///
/// Readers of addresses differ where one is written oddly, and a check by one reader means nothing to
/// another. So there is this one, and whatever is odd is refused.
public struct WebAddress: Sendable, Hashable {
  public enum Scheme: String, Sendable, Hashable {
    case http, https

    public var defaultPort: Int { self == .https ? 443 : 80 }
  }

  /// Why a text is not an address.
  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
  }

  public var scheme: Scheme
  /// In small letters; an IPv6 address has its brackets.
  public var host: String
  public var port: Int
  /// Path and query as they are sent, never empty.
  public var target: String

  /// Reads an address. A fragment is dropped: it is never sent.
  ///
  /// - Throws: a problem in words that shows nothing of the text but its scheme and host.
  public init(_ text: String) throws(Problem) {
    let (scheme, rest) = try Self.scheme(of: text)
    let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
    self.scheme = scheme
    (host, port) = try Self.authority(rest[..<end], scheme)
    target = Self.target(rest[end...])
  }

  /// Scheme, host and port: what credentials are for.
  public var origin: String { "\(scheme.rawValue)://\(host):\(port)" }

  /// The host, and the port unless it is the one that the scheme has by itself.
  public var authority: String { port == scheme.defaultPort ? host : "\(host):\(port)" }

  /// The whole address.
  public var text: String { "\(scheme.rawValue)://\(authority)\(target)" }

  /// The host without the brackets of an IPv6 address.
  public var bareHost: String {
    host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
  }

  private static func scheme(
    of text: String
  ) throws(Problem) -> (Scheme, Substring.UTF8View) {
    let utf8 = text.utf8
    guard let colon = utf8.firstIndex(of: UInt8(ascii: ":")),
      utf8[colon...].starts(with: "://".utf8)
    else {
      throw Problem(message: "an address begins with https:// or http://")
    }
    let name = text[..<colon].lowercased()
    guard let scheme = Scheme(rawValue: name) else {
      throw Problem(message: "an address begins with https:// or http://, not '\(name.shortened)'")
    }
    return (scheme, text[utf8.index(colon, offsetBy: 3)...].utf8)
  }

  private static func authority(
    _ authority: Substring.UTF8View, _ scheme: Scheme
  ) throws(Problem) -> (String, Int) {
    guard !authority.contains(UInt8(ascii: "@")) else {
      throw Problem(message: "an address holds no user or password: they belong into 'auth'")
    }
    var host = authority
    var digits: Substring.UTF8View?
    let isBracketed = authority.first == UInt8(ascii: "[")
    let hostEnd =
      isBracketed
      ? authority.firstIndex(of: UInt8(ascii: "]")).map { authority.index(after: $0) }
      : authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
    guard let hostEnd else { throw Problem(message: "an IPv6 address ends with ']'") }
    host = authority[..<hostEnd]
    if hostEnd < authority.endIndex {
      guard authority[hostEnd] == UInt8(ascii: ":") else {
        throw Problem(message: "behind the host of an address stands a port or a path")
      }
      digits = authority[authority.index(after: hostEnd)...]
    }
    return (try name(host, isBracketed: isBracketed), try port(digits) ?? scheme.defaultPort)
  }

  private static func name(
    _ host: Substring.UTF8View, isBracketed: Bool
  ) throws(Problem) -> String {
    let text = String(Substring(host)).lowercased()
    if isBracketed {
      let inside = host.dropFirst().dropLast()
      let isAddress =
        inside.contains(UInt8(ascii: ":"))
        && inside.allSatisfy {
          isDigit($0) || (0x61...0x66).contains($0 | 0x20) || ":.".utf8.contains($0)
        }
      guard isAddress else { throw Problem(message: "'\(text.shortened)' is no IPv6 address") }
      return text
    }
    guard !host.isEmpty else { throw Problem(message: "an address has a host behind '://'") }
    guard host.allSatisfy({ $0 < 0x80 }) else {
      throw Problem(
        message: "the host '\(text.shortened)' has letters beyond ASCII; write it as xn--…")
    }
    guard host.allSatisfy({ isDigit($0) || isLetter($0) || "-._".utf8.contains($0) }) else {
      throw Problem(message: "'\(text.shortened)' is no name of a host")
    }
    // The root of all names need not be said, and certificates do not say it.
    let name = text.hasSuffix(".") ? String(text.dropLast()) : text
    guard name.utf8.count <= 253,
      name.split(separator: ".", omittingEmptySubsequences: false)
        .allSatisfy({ !$0.isEmpty })
    else {
      throw Problem(message: "'\(text.shortened)' is no name of a host")
    }
    return name
  }

  private static func port(_ digits: Substring.UTF8View?) throws(Problem) -> Int? {
    guard let digits, !digits.isEmpty else { return nil }
    guard digits.allSatisfy(isDigit), let port = Int(Substring(digits)), (1...65_535).contains(port)
    else { throw Problem(message: "a port is a number from 1 to 65535") }
    return port
  }

  private static func target(_ rest: Substring.UTF8View) -> String {
    let sent = rest.prefix { $0 != UInt8(ascii: "#") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(sent.count + 1)
    if sent.first != UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
    var at = sent.startIndex
    while at < sent.endIndex {
      let byte = sent[at]
      let isEncoded =
        byte == UInt8(ascii: "%") && sent[at...].dropFirst().prefix(2).count { isHex($0) } == 2
      if isEncoded || isAllowed(byte) {
        bytes.append(byte)
      } else {
        bytes.append(contentsOf: PercentEncoding.encoded(byte))
      }
      at = sent.index(after: at)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  private static func isHex(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
  }

  /// What may stand in a path or a query as it is.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || "-._~!$&'()*+,;=:@/?".utf8.contains(byte)
  }
}
