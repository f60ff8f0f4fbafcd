import Foundation
import NIOHTTP1
import SwellModel
import Testing

/// What the settings of a node make of the request that a server sees.
@Suite struct RequestTests {
  private static let server: TestServer.Handler = { _ in .json("{}") }

  /// What a server gets to see of one request.
  private func request(
    _ settings: String, _ role: Node.Role = .sink, input: String = "{}"
  ) async throws -> TestServer.Request {
    let server = try await TestServer(Self.server)
    let trial = try Trial()
    _ = try await trial.execute(
      settings.replacing("URL", with: server.url("/orders")), role, input: input)
    await trial.end(server)
    return try #require(server.requests.first)
  }

  @Test func `a source reads`() async throws {
    let request = try await request(#"{"url": "URL"}"#, .source, input: #"{"a": 1}"#)
    #expect(request.method == "GET")
    #expect(request.uri == "/orders")
    #expect(request.body.isEmpty)
    #expect(request.headers["Host"].first?.hasPrefix("127.0.0.1:") == true)
    #expect(request.headers["Accept"] == ["application/json, */*;q=0.8"])
    #expect(request.headers["User-Agent"].first?.hasPrefix("swell/") == true)
    #expect(request.headers["Idempotency-Key"].isEmpty)
  }

  @Test(arguments: [Node.Role.sink, .transform])
  func `others send what they were given`(_ role: Node.Role) async throws {
    let request = try await request(#"{"url": "URL"}"#, role, input: #"{"a": 1.50}"#)
    #expect(request.method == "POST")
    #expect(request.text == #"{"a": 1.50}"#)
    #expect(request.headers["Content-Type"] == ["application/json"])
  }

  @Test(arguments: HTTPKind.Method.allCases)
  func `every method is sent as it is said`(_ method: HTTPKind.Method) async throws {
    let request = try await request(
      #"{"url": "URL", "method": "\#(method.rawValue)"}"#, input: #""in""#)
    #expect(request.method == method.rawValue)
    #expect(request.text == ([.post, .put, .patch].contains(method) ? #""in""# : ""))
  }

  @Test(arguments: [
    (
      #""body": {"a": [1.10, null, 12345678901234567890]}"#,
      #"{"a": [1.10, null, 12345678901234567890]}"#, "application/json"
    ),
    (#""body": null"#, "null", "application/json"),
    (#""body": "text""#, #""text""#, "application/json"),
    (
      #""form": {"a b": "1 & 2", "c": [1, true], "d": null, "e": "ü"}"#,
      "a+b=1+%26+2&c=1&c=true&e=%C3%BC", "application/x-www-form-urlencoded"
    ),
    (#""text": "Grüße""#, "Grüße", "text/plain; charset=utf-8"),
    (#""text": """#, "", "text/plain; charset=utf-8"),
    (#""bytes": "AAEC""#, "\u{0}\u{1}\u{2}", "application/octet-stream"),
  ])
  func `a body is sent as its setting says`(
    setting: String, body: String, type: String
  ) async throws {
    let request = try await request(#"{"url": "URL", \#(setting)}"#)
    #expect(request.text == body)
    #expect(request.headers["Content-Type"] == [type])
  }

  @Test func `a query is added to the one of the address`() async throws {
    let request = try await request(
      #"{"url": "URL?x=1", "query": {"page": 2, "tag": ["a/b", "c d"], "none": null}}"#, .source)
    #expect(request.uri == "/orders?x=1&page=2&tag=a%2Fb&tag=c+d")
    let alone = try await self.request(#"{"url": "URL", "query": {"q": 1.5}}"#, .source)
    #expect(alone.uri == "/orders?q=1.5")
    let empty = try await self.request(#"{"url": "URL", "query": {}}"#, .source)
    #expect(empty.uri == "/orders")
  }

  @Test func `what an address cannot hold is encoded, and nothing twice`() async throws {
    let request = try await request(
      #"{"url": "URL/a b/ü/50%/%2f/{x}?q=a b#fragment"}"#, .source)
    #expect(request.uri == "/orders/a%20b/%C3%BC/50%25/%2f/%7Bx%7D?q=a%20b")
  }

  @Test func `headers are the node's own`() async throws {
    let request = try await request(
      #"{"url": "URL", "headers": {"X-A": "1", "x-list": ["a", "b"], "X-Number": 7, "X-None": null, "accept": "text/csv", "content-type": "application/vnd.x+json", "User-Agent": "me"}}"#
    )
    #expect(request.headers["x-a"] == ["1"])
    #expect(request.headers["X-List"] == ["a", "b"])
    #expect(request.headers["X-Number"] == ["7"])
    #expect(request.headers["X-None"].isEmpty)
    #expect(request.headers["Accept"] == ["text/csv"])
    #expect(request.headers["Content-Type"] == ["application/vnd.x+json"])
    #expect(request.headers["User-Agent"] == ["me"])
  }

  @Test func `what is not idempotent has the key of the node, unless it brings its own`()
    async throws
  {
    for method in HTTPKind.Method.allCases {
      let request = try await request(#"{"url": "URL", "method": "\#(method.rawValue)"}"#)
      let key = request.headers["Idempotency-Key"]
      #expect(key.count == (method == .post || method == .patch ? 1 : 0), "\(method)")
      if let key = key.first { #expect(key.hasSuffix("/call/0/0") && key.count == 45) }
    }
    let own = try await request(#"{"url": "URL", "headers": {"idempotency-key": "mine"}}"#)
    #expect(own.headers["Idempotency-Key"] == ["mine"])
  }

  @Test(arguments: [
    (#"{"url": null}"#, "invalid_setting"), (#"{"url": 7}"#, "invalid_setting"),
    (#"{"url": "ftp://a/"}"#, "invalid_url"), (#"{"url": "http://u:p@a/"}"#, "invalid_url"),
    (#"{"url": "http://a/", "method": "get"}"#, "invalid_setting"),
    (#"{"url": "http://a/", "headers": {"X": "a\r\nY: b"}}"#, "invalid_header"),
    (#"{"url": "http://a/", "headers": {"X Y": "a"}}"#, "invalid_header"),
    (#"{"url": "http://a/", "headers": {"Host": "a"}}"#, "header_not_allowed"),
    (#"{"url": "http://a/", "headers": {"X": {}}}"#, "invalid_setting"),
    (#"{"url": "http://a/", "headers": "X: a"}"#, "invalid_setting"),
    (#"{"url": "http://a/", "query": {"a": [[]]}}"#, "invalid_setting"),
    (#"{"url": "http://a/", "body": 1, "text": "a"}"#, "invalid_setting"),
    (#"{"url": "http://a/", "method": "GET", "body": 1}"#, "body_not_allowed"),
    (#"{"url": "http://a/", "text": 1}"#, "invalid_setting"),
    (#"{"url": "http://a/", "bytes": "?"}"#, "invalid_setting"),
    (#"{"url": "http://a/", "auth": {}}"#, "invalid_setting"),
    (#"{"url": "http://a/", "auth": {"bearer": "a\nb"}}"#, "invalid_header"),
    (#"{"url": "http://a/", "auth": {"basic": {"username": "a"}}}"#, "invalid_setting"),
    (#"{"url": "http://a/", "expect": "all"}"#, "invalid_setting"),
    (#"{"url": "http://a/", "maxResponse": 0}"#, "invalid_setting"),
    (#"{"url": "http://a/", "maxResponse": "1GiB"}"#, "invalid_setting"),
    (#"{"url": "http://a/", "followRedirects": 21}"#, "invalid_setting"),
    (#"{"url": "http://a/", "result": "xml"}"#, "invalid_setting"),
    (#"{"url": "http://a/", "tls": {"ca": "/etc/passwd"}}"#, "no_root"),
  ])
  func `what expressions gave and no request can have is refused before it is sent`(
    settings: String, code: String
  ) async throws {
    let trial = try Trial()
    let error = try await trial.failure(settings)
    #expect(error.code == code)
    #expect(error.kind == .validation)
    #expect(error.context.operation == "read settings")
    await trial.end()
  }

  @Test func `a source only reads, whatever an expression says`() async throws {
    let trial = try Trial()
    let error = try await trial.failure(#"{"url": "http://a/", "method": "POST"}"#, .source)
    #expect(error.code == "invalid_setting")
    await trial.end()
  }
}
