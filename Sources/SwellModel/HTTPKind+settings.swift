extension HTTPKind {
  static let settings =
    [
      DefinitionKey(
        "url", .text, "the address, such as https://api.example.com/orders", isRequired: true)
    ] + [Node.Role.source, .transform, .sink].map(method) + [
      DefinitionKey(
        "headers", .dictionary(.any), "by name: texts, numbers, or lists of those"),
      DefinitionKey(
        "query", .dictionary(.any), "by name, added to the address: texts, numbers, or lists"),
      DefinitionKey("body", .any, "a body of JSON (default: the input of the node)"),
      DefinitionKey(
        "form", .dictionary(.any), "a body of fields, by name: texts, numbers, or lists"),
      DefinitionKey("text", .text, "a body of text"),
      DefinitionKey("bytes", .text, "a body of bytes, in base64"),
      DefinitionKey(
        "auth", .object(authorization), "how requests are authorized: one way of these"),
      DefinitionKey("tls", .object(tls), "whom to trust, and who is asking"),
      DefinitionKey(
        "expect", .either([status, .list(status, atLeast: 1)]),
        "the statuses of success, such as 200, 2xx or [2xx, 404] (default: 2xx)"),
      DefinitionKey(
        "result", .choice(Result.allCases.map(\.rawValue)), "what it gives (default: body)"),
      DefinitionKey(
        "maxResponse", .size, "the most that a response may hold, up to 64MiB (default: 1MiB)"),
      DefinitionKey(
        "followRedirects", .either([.flag, .whole(0...Int64(mostRedirects))]),
        "whether redirects are followed, or how many (default: \(defaultRedirects))"),
    ]

  private static func method(of role: Node.Role) -> DefinitionKey {
    let names = methods(of: role).map(\.rawValue)
    return DefinitionKey(
      "method", .choice(names), "the method (default: \(defaultMethod(of: role).rawValue))",
      roles: [role])
  }

  private static let status = ValueShape.either([
    .matching("^[1-5]([xX]{2}|[0-9]{2})$", what: "a status such as 404 or 2xx"), .whole(100...599),
  ])

  private static let authorization = [
    DefinitionKey("bearer", .text, "a token: ${{ secrets.NAME }}"),
    DefinitionKey("basic", .object(basic), "a user and a password"),
    DefinitionKey("hmac", .object(hmac), "a signature of the body"),
    DefinitionKey("oauth2", .object(oauth), "client credentials of OAuth 2"),
  ]

  private static let basic = [
    DefinitionKey("username", .text, "the user", isRequired: true),
    DefinitionKey("password", .text, "${{ secrets.NAME }}", isRequired: true),
  ]

  private static let hmac = [
    DefinitionKey("secret", .text, "${{ secrets.NAME }}", isRequired: true),
    DefinitionKey("header", .text, "the header of the signature (default: X-Signature)"),
    DefinitionKey("prefix", .text, "what stands before the signature, such as sha256="),
    DefinitionKey(
      "encoding", .choice(SignatureEncoding.allCases.map(\.rawValue)),
      "how it is written (default: hex)"),
    DefinitionKey("timestampHeader", .text, "a header for the time, which is signed, too"),
  ]

  private static let oauth = [
    DefinitionKey("tokenUrl", .text, "where tokens come from", isRequired: true),
    DefinitionKey("clientId", .text, "who asks", isRequired: true),
    DefinitionKey("clientSecret", .text, "${{ secrets.NAME }}", isRequired: true),
    DefinitionKey("scope", .text, "what is asked for"),
    DefinitionKey("audience", .text, "for whom the token is"),
    DefinitionKey(
      "credentials", .choice(ClientCredentials.allCases.map(\.rawValue)),
      "where the client's credentials are sent (default: header)"),
  ]

  private static let tls = [
    DefinitionKey("ca", .text, "certificates to trust, as PEM or the path of a file"),
    DefinitionKey("certificate", .text, "the client's certificate, as PEM or the path of a file"),
    DefinitionKey("key", .text, "its key: ${{ secrets.NAME }}, or the path of a file"),
  ]
}
