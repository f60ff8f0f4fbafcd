import Foundation
import NIOHTTP1
import SwellModel
import Synchronization
import Testing

@testable import SwellHTTP

/// How a request shows who sends it.
@Suite struct AuthorizationTests {
  @Test(arguments: [
    (#"{"bearer": "abc"}"#, "Bearer abc"),
    (
      #"{"basic": {"username": "Aladdin", "password": "open sesame"}}"#,
      "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    ),
    (#"{"basic": {"username": "ü", "password": ""}}"#, "Basic w7w6"),
  ])
  func `a header says it`(auth: String, value: String) async throws {
    let server = try await TestServer { _ in .json("{}") }
    let trial = try Trial()
    _ = try await trial.get(
      server.url(), #", "auth": \#(auth), "headers": {"authorization": "other"}"#)
    #expect(server.requests.first?.headers["Authorization"] == [value])
    await trial.end(server)
  }

  @Test func `a body is signed as the other side checks it`() async throws {
    let server = try await TestServer { _ in .json("{}") }
    let trial = try Trial()
    func headers(_ hmac: String) async throws -> (TestServer.Request) {
      _ = try await trial.execute(
        #"{"url": "\#(server.url())", "text": "what do ya want for nothing?", "auth": {"hmac": \#(hmac)}}"#
      )
      return try #require(server.requests.last)
    }
    // RFC 4231, case 2.
    let hex = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    #expect(try await headers(#"{"secret": "Jefe"}"#).headers["X-Signature"] == [hex])
    #expect(
      try await headers(
        #"{"secret": "Jefe", "header": "X-Hub-Signature-256", "prefix": "sha256="}"#
      ).headers["X-Hub-Signature-256"] == ["sha256=\(hex)"])
    #expect(
      try await headers(#"{"secret": "Jefe", "encoding": "base64"}"#).headers["X-Signature"]
        == ["W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="])
    let timed = try await headers(#"{"secret": "Jefe", "timestampHeader": "X-Time"}"#)
    let time = try #require(timed.headers["X-Time"].first.flatMap(Int.init))
    #expect(abs(time - Int(Date().timeIntervalSince1970)) < 60)
    let signed = HMACSHA256.code(
      of: Array("\(time).what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
    #expect(timed.headers["X-Signature"] == [Hexadecimal.text(signed)])
    await trial.end(server)
  }

  /// A server of tokens and of what they are for: a new token with each request, good for as long as it
  /// is the newest.
  private final class TokenServer: Sendable {
    let issued = Mutex(0)
    let life: Mutex<String>

    init(life: String) {
      self.life = Mutex(life)
    }

    func answer(_ request: TestServer.Request) -> TestServer.Answer {
      if request.uri == "/token" {
        let number = issued.withLock { number in
          number += 1
          return number
        }
        let life = life.withLock { $0 }
        return .json(#"{"access_token": "token-\#(number)", "token_type": "bearer"\#(life)}"#)
      }
      let newest = "Bearer token-\(issued.withLock { $0 })"
      let sent = request.headers["Authorization"].first ?? "none"
      return sent == newest ? .json(#"{"sent": "\#(sent)"}"#) : .text(sent, status: 401)
    }
  }

  private func auth(_ server: TestServer, _ more: String = "") -> String {
    """
    , "auth": {"oauth2": {"tokenUrl": "\(server.url("/token"))", "clientId": "me & you",
    "clientSecret": "s3cr3t:/"\(more)}}
    """
  }

  @Test func `a token is got once and used until shortly before it expires`() async throws {
    let tokens = TokenServer(life: #", "expires_in": 3600"#)
    let server = try await TestServer { tokens.answer($0) }
    let trial = try Trial()
    for _ in 0..<3 {
      // The token itself is in no output.
      let output = try await trial.get(server.url("/a"), auth(server))
      #expect(output == #"{"sent": "Bearer ***"}"#)
    }
    #expect(tokens.issued.withLock { $0 } == 1)
    let asked = try #require(server.requests.first)
    #expect(asked.method == "POST")
    #expect(asked.text == "grant_type=client_credentials")
    #expect(
      asked.headers["Authorization"]
        == ["Basic " + Data("me+%26+you:s3cr3t%3A%2F".utf8).base64EncodedString()])
    await trial.end(server)
  }

  @Test func `many at once ask for one token`() async throws {
    let tokens = TokenServer(life: #", "expires_in": "3600""#)
    let server = try await TestServer { tokens.answer($0) }
    let trial = try Trial()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 {
        group.addTask { _ = try await trial.get(server.url("/a"), self.auth(server)) }
      }
      try await group.waitForAll()
    }
    #expect(tokens.issued.withLock { $0 } == 1)
    await trial.end(server)
  }

  @Test func `what a client may say is said as it wants it`() async throws {
    let tokens = TokenServer(life: "")
    let server = try await TestServer { tokens.answer($0) }
    let trial = try Trial()
    _ = try await trial.get(
      server.url("/a"),
      auth(server, #", "scope": "a b", "audience": "https://x/", "credentials": "body""#))
    let asked = try #require(server.requests.first)
    #expect(
      asked.text
        == "grant_type=client_credentials&scope=a+b&audience=https%3A%2F%2Fx%2F"
        + "&client_id=me+%26+you&client_secret=s3cr3t%3A%2F")
    #expect(asked.headers["Authorization"].isEmpty)
    await trial.end(server)
  }

  @Test func `a token that is over is asked for again`() async throws {
    let tokens = TokenServer(life: #", "expires_in": 0.001"#)
    let server = try await TestServer { tokens.answer($0) }
    let trial = try Trial()
    for count in 1...3 {
      _ = try await trial.get(server.url("/a"), auth(server))
      #expect(tokens.issued.withLock { $0 } == count)
      // sleeps: the token's life of a millisecond is the case
      try await Task.sleep(for: .milliseconds(2))
    }
    await trial.end(server)
  }

  @Test func `a token that is refused is got anew, once`() async throws {
    let tokens = TokenServer(life: #", "expires_in": 3600"#)
    let server = try await TestServer { tokens.answer($0) }
    let trial = try Trial()
    _ = try await trial.get(server.url("/a"), auth(server))
    // Somebody else got one: the first is good no more.
    _ = tokens.answer(try #require(server.requests.first))
    _ = try await trial.get(server.url("/a"), auth(server))
    #expect(server.requests.map(\.uri) == ["/token", "/a", "/a", "/token", "/a"])

    let never = try await TestServer { request in
      request.uri == "/token"
        ? .json(#"{"access_token": "token-x"}"#)
        : .text("no \(request.headers["Authorization"])", status: 401)
    }
    let error = try await trial.failureOfGet(never.url("/a"), auth(never))
    #expect(error.code == "http_401")
    #expect(!error.encoded().text.contains("token-x"))
    #expect(never.requests.map(\.uri) == ["/token", "/a", "/token", "/a"])
    await trial.end(server, never)
  }

  @Test(arguments: [
    (
      TestServer.Answer.json(#"{"error": "invalid_client"}"#, status: 401), "oauth2_refused",
      ErrorKind.validation
    ),
    (.json("{}"), "oauth2_no_token", .serialization),
    (.text("hello"), "oauth2_no_token", .serialization),
    (.text("", status: 503), "http_503", .transport),
    (.text("", status: 429, ("Retry-After", "7")), "http_429", .rateLimited),
    (.reset, "connection_reset", .transport),
  ])
  func `without a token there is no request`(
    answer: TestServer.Answer, code: String, kind: ErrorKind
  ) async throws {
    let server = try await TestServer { _ in answer }
    let trial = try Trial(secrets: ["CLIENT": "s3cr3t:/"])
    let error = try await trial.failureOfGet(server.url("/a"), auth(server))
    #expect(error.code == code)
    #expect(error.kind == kind)
    #expect(error.context.operation == "POST \(server.url("/token"))")
    #expect(server.requests.map(\.uri) == ["/token"])
    if kind == .rateLimited { #expect(error.retryAfter == .seconds(7)) }
    if kind == .validation {
      #expect(error.context.metadata["body"]?.contains("invalid_client") == true)
    }
    await trial.end(server)
  }

  @Test func `a token address of one's own network is refused like any`() async throws {
    let trial = try Trial(PrivateHosts.none)
    let error = try await trial.failureOfGet(
      "http://192.0.2.1/a",
      #", "auth": {"oauth2": {"tokenUrl": "http://10.0.0.1/", "clientId": "a", "clientSecret": "b"}}"#
    )
    #expect(error.code == "private_host")
    #expect(error.message.contains("10.0.0.1"))
    await trial.end()
  }
}
