extension HTTPKind {
  static let authorizations = ["bearer", "basic", "hmac", "oauth2"]

  public enum SignatureEncoding: String, Sendable, CaseIterable {
    case hex, base64
  }

  public enum ClientCredentials: String, Sendable, CaseIterable {
    case header, body
  }

  static func checkAuthorization(_ value: LocatedValue, _ report: inout DefinitionReport) {
    guard let object = value.object else { return }
    let written = object.members.filter { authorizations.contains($0.key) }
    guard let member = written.first else {
      if object.members.isEmpty {
        report.add(
          "missing_key", "auth needs one of \(authorizations.alternatives)", path: "auth",
          at: value.place)
      }
      return
    }
    for other in written.dropFirst() {
      report.add(
        "several_auths", "auth has '\(member.key)' and '\(other.key)'; keep one",
        path: "auth.\(other.key)", at: other.keyPlace)
    }
    let path = "auth.\(member.key)"
    switch member.key {
    case "bearer": checkSecret(member.value, path: path, &report)
    case "basic": checkSecret(of: member.value, "password", path: path, &report)
    case "hmac":
      checkSecret(of: member.value, "secret", path: path, &report)
      if let object = member.value.object { checkSignature(object, path: path, &report) }
    default:
      checkSecret(of: member.value, "clientSecret", path: path, &report)
      if let url = member.value.object?["tokenUrl"] {
        checkAddress(url, path: "\(path).tokenUrl", &report)
      }
    }
  }

  static func checkTLS(_ value: LocatedValue, _ report: inout DefinitionReport) {
    guard let object = value.object else { return }
    for (one, other) in [("certificate", "key"), ("key", "certificate")]
    where object[one] != nil && object[other] == nil {
      report.add(
        "missing_key", "a client has a certificate and its key: tls.\(one) needs tls.\(other)",
        path: "tls.\(other)", at: value.place)
    }
    if let key = object["key"], let text = key.string, text.contains("PRIVATE KEY") {
      report.add(
        "literal_secret",
        "a key in a definition is a secret no more; write ${{ secrets.NAME }}, "
          + "or the path of a file", path: "tls.key", at: key.place)
    }
  }

  private static func checkSignature(
    _ object: LocatedObject, path: String, _ report: inout DefinitionReport
  ) {
    for key in ["header", "timestampHeader"] {
      guard let value = object[key], let name = value.string, !value.isTemplate,
        let problem = headerProblem(name)
      else { continue }
      report.add(problem.code, problem.message, path: "\(path).\(key)", at: value.place)
    }
  }

  /// A text that must not stand in a definition, where everybody can read it.
  private static func checkSecret(
    _ value: LocatedValue, path: String, _ report: inout DefinitionReport
  ) {
    guard value.string != nil, !value.isTemplate else { return }
    report.add(
      "literal_secret",
      "\(path) is stored where everybody can read it; write ${{ secrets.NAME }}", path: path,
      at: value.place)
  }

  private static func checkSecret(
    of value: LocatedValue, _ key: String, path: String, _ report: inout DefinitionReport
  ) {
    guard let secret = value.object?[key] else { return }
    checkSecret(secret, path: "\(path).\(key)", &report)
  }
}
