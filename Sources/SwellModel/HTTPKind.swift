import CEL

/// What `with` of an `http` node may hold.
public enum HTTPKind {
  public enum Method: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"

    /// Whether a request of it can carry a body.
    public var takesBody: Bool {
      switch self {
      case .post, .put, .patch, .delete: true
      case .get, .head, .options: false
      }
    }

    /// Whether asking twice is the same as asking once, whatever the server is.
    public var isIdempotent: Bool { self != .post && self != .patch }
  }

  public enum Result: String, Sendable, Hashable, CaseIterable {
    case body, json, text, bytes, response
  }

  /// The most that a response may hold unless the node says otherwise, in bytes.
  public static let defaultMaxResponse = 1 << 20
  /// The most that a node may ask for: a response is held in memory.
  public static let largestMaxResponse = 64 << 20
  /// How many redirects are followed unless the node says otherwise.
  public static let defaultRedirects = 5
  public static let mostRedirects = 20

  /// Where the body of a request is said; a node has one of them at most.
  static let bodies = ["body", "form", "text", "bytes"]

  /// The methods of a role: a source reads, what a transform asks for changes nothing.
  public static func methods(of role: Node.Role) -> [Method] {
    switch role {
    case .source: [.get, .head]
    case .transform: [.get, .head, .post]
    default: Method.allCases
    }
  }

  /// The method of a node that names none.
  public static func defaultMethod(of role: Node.Role) -> Method { role == .source ? .get : .post }

  @Sendable static func check(_ with: LocatedObject, _ role: Node.Role) -> [DefinitionProblem] {
    var report = DefinitionReport()
    report.takesTemplates = true
    if let url = with["url"] { checkAddress(url, path: "url", &report) }
    checkContent(with, method: checkMethod(with, role, &report), &report)
    if let auth = with["auth"] { checkAuthorization(auth, &report) }
    if let tls = with["tls"] { checkTLS(tls, &report) }
    if let value = with["expect"], !value.isTemplate, ExpectedStatuses(value.json) == nil {
      report.add(
        "invalid_value", "expect must be statuses such as 200, 2xx or [2xx, 404]", path: "expect",
        at: value.place)
    }
    checkLimits(with, &report)
    return report.problems
  }

  /// The circuit of requests with these settings: their host.
  ///
  /// Nil when they have no address; that fails by itself.
  static func circuit(of settings: Payload?) -> String? {
    guard let settings, let document = try? JSONDocument(settings.bytes),
      case .map(let members) = document.root, let member = try? members["url"],
      case .string(let url) = member, let address = try? WebAddress(url.description)
    else { return nil }
    return "http:" + address.authority
  }

  /// The method, as far as it is known before anything runs.
  private static func checkMethod(
    _ with: LocatedObject, _ role: Node.Role, _ report: inout DefinitionReport
  ) -> Method? {
    guard let value = with["method"] else { return defaultMethod(of: role) }
    guard let method = report.choice(value, of: Method.self, path: "method") else { return nil }
    let allowed = methods(of: role)
    if !allowed.contains(method) {
      let names = allowed.map(\.rawValue).alternatives
      report.add(
        "wrong_method",
        "a \(role.rawValue) can \(names), not \(method.rawValue); write 'sink: http'",
        path: "method", at: value.place)
      return nil
    }
    return method
  }

  /// Checks an address as far as it is written out.
  static func checkAddress(
    _ value: LocatedValue, path: String, _ report: inout DefinitionReport
  ) {
    guard let text = report.string(value, path: path) else { return }
    let written = text.firstRange(of: "${{").map { String(text[..<$0.lowerBound]) } ?? text
    if value.isTemplate {
      // The host may go on in the expression.
      guard let start = written.firstRange(of: "://")?.upperBound,
        written[start...].contains(where: { "/?#".contains($0) })
      else { return }
    }
    do {
      _ = try WebAddress(written)
    } catch {
      report.add("invalid_url", "\(path): \(error.message)", path: path, at: value.place)
    }
  }

  private static func checkLimits(_ with: LocatedObject, _ report: inout DefinitionReport) {
    if let value = with["maxResponse"], !value.isTemplate {
      let bytes = value.int.map { Int($0) } ?? value.string.flatMap(ByteSizeText.parse) ?? 0
      if bytes <= 0 || bytes > largestMaxResponse {
        report.add(
          bytes <= 0 ? "invalid_value" : "out_of_range",
          "maxResponse must be a size of at most 64MiB: bytes, or a text such as 512KiB",
          path: "maxResponse", at: value.place)
      }
    }
    if let value = with["followRedirects"], !value.isTemplate, value.bool == nil {
      guard let count = value.int, (0...Int64(mostRedirects)).contains(count) else {
        report.add(
          "invalid_value",
          "followRedirects must be true, false or a number from 0 to \(mostRedirects)",
          path: "followRedirects", at: value.place)
        return
      }
    }
  }
}
