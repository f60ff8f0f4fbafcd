extension HTTPKind {
  static let authorizations = ["bearer", "basic", "hmac", "oauth2"]

  public enum SignatureEncoding: String, Sendable, CaseIterable {
    case hex, base64
  }

  public enum ClientCredentials: String, Sendable, CaseIterable {
    case header, body
  }

  static func checkAuthorization(_ value: LocatedValue, _ report: inout DefinitionReport) {
    guard let object = report.object(value, path: "auth") else { return }
    report.checkKeys(of: object, known: authorizations, path: "auth", owner: "auth")
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
    case "basic":
      members(
        member.value, path: path, required: ["username", "password"], secret: "password",
        optional: [], &report)
    case "hmac":
      members(
        member.value, path: path, required: ["secret"], secret: "secret",
        optional: ["header", "prefix", "encoding", "timestampHeader"], &report)
      if let object = member.value.object { checkSignature(object, path: path, &report) }
    default:
      members(
        member.value, path: path, required: ["tokenUrl", "clientId", "clientSecret"],
        secret: "clientSecret", optional: ["scope", "audience", "credentials"], &report)
      guard let object = member.value.object else { return }
      if let url = object["tokenUrl"] { checkAddress(url, path: "\(path).tokenUrl", &report) }
      if let way = object["credentials"] {
        _ = report.choice(way, of: ClientCredentials.self, path: "\(path).credentials")
      }
    }
  }

  static func checkTLS(_ value: LocatedValue, _ report: inout DefinitionReport) {
    guard let object = report.object(value, path: "tls") else { return }
    report.checkKeys(of: object, known: ["ca", "certificate", "key"], path: "tls", owner: "tls")
    for key in ["ca", "certificate", "key"] {
      if let value = object[key] { _ = report.string(value, path: "tls.\(key)") }
    }
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
    if let value = object["encoding"] {
      _ = report.choice(value, of: SignatureEncoding.self, path: "\(path).encoding")
    }
  }

  /// An object of texts, one of which is a secret.
  private static func members(
    _ value: LocatedValue, path: String, required: [String], secret: String, optional: [String],
    _ report: inout DefinitionReport
  ) {
    guard let object = report.object(value, path: path) else { return }
    report.checkKeys(of: object, known: required + optional, path: path, owner: path)
    for key in required where object[key] == nil {
      report.add("missing_key", "\(path) needs '\(key)'", path: "\(path).\(key)", at: value.place)
    }
    for member in object.members where (required + optional).contains(member.key) {
      let path = "\(path).\(member.key)"
      if member.key == secret {
        checkSecret(member.value, path: path, &report)
      } else {
        _ = report.string(member.value, path: path)
      }
    }
  }

  /// A text that must not stand in a definition, where everybody can read it.
  private static func checkSecret(
    _ value: LocatedValue, path: String, _ report: inout DefinitionReport
  ) {
    guard report.string(value, path: path) != nil, !value.isTemplate else { return }
    report.add(
      "literal_secret",
      "\(path) is stored where everybody can read it; write ${{ secrets.NAME }}", path: path,
      at: value.place)
  }
}
