import CLibpq
public import Logging

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How to reach a server, in the words of libpq: a URL or `keyword=value` text, several hosts,
/// service and password files, TLS, and the PG* variables for what is not said.
///
/// Several hosts are tried in their order, and after half a second of silence the next beside it, so
/// that one which swallows packets holds up nobody; with `target_session_attrs=prefer-standby`, which
/// ranks them, libpq tries one after the other. `connect_timeout` ends a try at one address.
public struct PostgresConfiguration: Sendable, CustomStringConvertible {
  private struct Option {
    let keyword: String
    let value: String
    let isSecret: Bool
  }

  /// Whether a pooler which hands a connection to another client after each transaction sits
  /// in between: nothing may then outlive a transaction.
  public let isPooled: Bool
  /// After which the server gives a statement up by itself; nil leaves it to the server's
  /// settings. Unless pooled.
  public var statementTimeout: Duration?
  /// Notices of the server go here at the level debug, if set.
  public var logger: Logger?

  private let conninfo: String?
  private let applicationName: String
  private let options: Result<[Option], PostgresError>

  /// - Parameter conninfo: nil for the environment alone. It is checked by ``validate()`` and
  ///   whenever a connection is made.
  public init(_ conninfo: String? = nil, applicationName: String = "swell", pooled: Bool = false) {
    self.conninfo = conninfo
    self.applicationName = applicationName
    isPooled = pooled
    options = conninfo.map(Self.parse) ?? .success([])
  }

  /// - Throws: `.configuration` when libpq does not understand the text.
  public func validate() throws(PostgresError) {
    _ = try options.get()
  }

  /// What is configured, without any password.
  public var description: String {
    guard conninfo != nil else { return "PG* environment" }
    guard case .success(let options) = options else { return "invalid connection string" }
    return options.map { "\($0.keyword)=\($0.isSecret ? "***" : $0.value)" }
      .joined(separator: " ")
  }

  /// `text` without the passwords of this configuration and its environment, in whichever of
  /// their spellings.
  public func masked(_ text: String) -> String {
    var secrets: Set<String> = []
    if let variable = getenv("PGPASSWORD") { secrets.insert(String(cString: variable)) }
    if case .success(let options) = options {
      for option in options where option.isSecret { secrets.insert(option.value) }
    }
    if let conninfo { secrets.formUnion(Self.spelledSecrets(in: conninfo)) }
    for secret in secrets { secrets.insert(Self.percentEncoded(secret)) }
    return secrets.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
      .reduce(text) { text, secret in Self.replace(secret, in: text) }
  }

  /// Keywords and values for `PQconnectStartParams`.
  func keywords() throws(PostgresError) -> [(String, String)] {
    var keywords = try options.get().map { ($0.keyword, $0.value) }
    keywords.removeAll { $0.0 == "client_encoding" }
    keywords.append(("client_encoding", "UTF8"))
    keywords.append(("fallback_application_name", applicationName))
    return keywords
  }

  private static func parse(_ conninfo: String) -> Result<[Option], PostgresError> {
    var message: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(conninfo, &message) else {
      let text = message.map { String(cString: $0) } ?? "out of memory"
      if let message { PQfreemem(message) }
      // The message quotes the part it stumbled over, which may be a password.
      return .failure(PostgresError(code: .configuration, PostgresError.tidy(unquoted(text))))
    }
    defer { PQconninfoFree(parsed) }
    var options: [Option] = []
    var next = parsed
    while let keyword = next.pointee.keyword {
      if let value = next.pointee.val {
        let keyword = String(cString: keyword)
        let isSecret =
          next.pointee.dispchar.map { $0.pointee == CChar(bitPattern: UInt8(ascii: "*")) } ?? false
        options.append(
          Option(keyword: keyword, value: String(cString: value), isSecret: isSecret))
      }
      next += 1
    }
    return .success(options)
  }

  private static func unquoted(_ text: String) -> String {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .map { index, part in index % 2 == 0 ? String(part) : "…" }
      .joined(separator: "\"")
  }

  /// Passwords as they are written in a URL, also in one libpq does not understand.
  private static func spelledSecrets(in conninfo: String) -> [String] {
    guard let scheme = conninfo.firstRange(of: "://") else { return [] }
    var secrets: [String] = []
    let rest = conninfo[scheme.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
      secrets.append(String(authority[authority.index(after: colon)..<at]))
    }
    if let question = rest.firstIndex(of: "?") {
      for pair in rest[rest.index(after: question)...].split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1)
        if parts.count == 2, parts[0].hasSuffix("password") { secrets.append(String(parts[1])) }
      }
    }
    return secrets
  }

  private static func percentEncoded(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    let digits = Array("0123456789ABCDEF")
    return text.utf8.map { byte in
      plain.contains(byte)
        ? String(UnicodeScalar(byte)) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
    }.joined()
  }

  private static func replace(_ secret: String, in text: String) -> String {
    text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
  }
}
