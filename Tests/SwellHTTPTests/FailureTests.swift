import Foundation
import SwellModel
import Testing

/// What goes wrong with a request, and what its error says.
@Suite struct FailureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var status: Int
    var kind: ErrorKind
    var testDescription: String { "\(status)" }
  }

  static let statuses: [Case] = [
    .init(status: 300, kind: .validation), .init(status: 304, kind: .validation),
    .init(status: 400, kind: .validation), .init(status: 401, kind: .validation),
    .init(status: 403, kind: .validation), .init(status: 404, kind: .validation),
    .init(status: 408, kind: .timeout), .init(status: 409, kind: .validation),
    .init(status: 422, kind: .validation), .init(status: 429, kind: .rateLimited),
    .init(status: 500, kind: .transport), .init(status: 501, kind: .transport),
    .init(status: 502, kind: .transport), .init(status: 503, kind: .transport),
    .init(status: 504, kind: .transport), .init(status: 599, kind: .transport),
  ]

  @Test(arguments: statuses)
  func `a status that nobody expects is an error of its kind`(_ expected: Case) async throws {
    let server = try await TestServer { _ in .text("because", status: expected.status) }
    let trial = try Trial()
    let error = try await trial.failure(
      #"{"url": "\#(server.url("/a?key=value&page=2"))", "method": "PUT"}"#)
    #expect(error.kind == expected.kind)
    #expect(error.code == "http_\(expected.status)")
    #expect(error.retryAfter == nil)
    let url = server.url("/a?key=…&page=…")
    #expect(error.context.operation == "PUT \(url)")
    #expect(error.context.metadata["method"] == "PUT")
    #expect(error.context.metadata["url"] == url)
    #expect(error.context.metadata["status"] == "\(expected.status)")
    #expect(error.context.metadata["body"] == (expected.status == 304 ? nil : "because"))
    await trial.end(server)
  }

  @Test(
    arguments: [
      (429, "7", 7), (429, "0", 0), (503, "120", 120), (429, "-1", 0),
      (429, "99999999", 86_400), (429, "Sun, 06 Nov 1994 08:49:37 GMT", 97),
      (503, "Sun, 06 Nov 1994 08:48:00 GMT", 0), (429, "soon", nil), (500, "7", nil),
      (404, "7", nil),
    ] as [(Int, String, Int?)])
  func `who is asked to wait waits so long`(
    status: Int, header: String, seconds: Int?
  ) async throws {
    let server = try await TestServer { _ in
      .text(
        "", status: status, ("Retry-After", header), ("Date", "Sun, 06 Nov 1994 08:48:00 GMT"))
    }
    let trial = try Trial()
    let error = try await trial.failureOfGet(server.url())
    #expect(error.retryAfter == seconds.map { .seconds($0) })
    if seconds != nil { #expect(error.kind == .rateLimited) }
    await trial.end(server)
  }

  @Test func `a date without the other side's clock is reckoned from one's own`() async throws {
    var formatter: DateFormatter {
      let formatter = DateFormatter()
      formatter.locale = Locale(identifier: "en_US_POSIX")
      formatter.timeZone = TimeZone(identifier: "GMT")
      formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
      return formatter
    }
    let text = formatter.string(from: Date().addingTimeInterval(100))
    let server = try await TestServer { _ in .text("", status: 429, ("Retry-After", text)) }
    let trial = try Trial()
    let delay = try #require(try await trial.failureOfGet(server.url()).retryAfter)
    #expect((.seconds(90)...Duration.seconds(100)).contains(delay))
    await trial.end(server)
  }

  @Test(arguments: [
    (TestServer.Answer.raw("hello, this is no HTTP\r\n\r\n"), "bad_response"),
    (.raw(""), "connection_closed"),
    (.raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "connection_closed"),
    (.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), "connection_closed"),
    (.raw("HTTP/1.1 200 OK\r\nContent-Le"), "connection_closed"),
    (.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), "bad_response"),
    (.reset, "connection_reset"),
  ])
  func `a server that misbehaves is a failure of the transport`(
    answer: TestServer.Answer, code: String
  ) async throws {
    let server = try await TestServer { _ in answer }
    let trial = try Trial()
    let error = try await trial.failureOfGet(server.url("/x"))
    #expect(error.kind == .transport)
    #expect(error.code == code, "\(error) \(error.causes)")
    #expect(error.context.operation == "GET \(server.url("/x"))")
    #expect(!error.causes.isEmpty)
    await trial.end(server)
  }

  @Test func `nobody there is a failure of the transport`() async throws {
    let server = try await TestServer { _ in .silence }
    await server.stop()
    let trial = try Trial()
    let error = try await trial.failureOfGet(server.url())
    #expect(error.kind == .transport)
    #expect(error.code == "connection_refused")
    await trial.end()
  }

  @Test func `a name that nobody has is a failure of the transport`() async throws {
    let trial = try Trial()
    let error = try await trial.failureOfGet("http://nobody.invalid/a")
    #expect(error.kind == .transport)
    #expect(["host_not_found", "dns_failed"].contains(error.code))
    #expect(error.message.contains("nobody.invalid"))
    await trial.end()
  }

  @Test(arguments: [
    TestServer.Answer.silence, .unfinished("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
  ])
  func `an attempt whose time is over does not wait for the engine`(
    _ answer: TestServer.Answer
  ) async throws {
    let server = try await TestServer { _ in answer }
    let trial = try Trial()
    let error = try await trial.failure(
      #"{"url": "\#(server.url())"}"#, .source, timeout: .seconds(1))
    #expect(error.kind == .timeout)
    #expect(error.code == "response_timeout")
    #expect(error.context.operation == "GET \(server.url())")
    #expect(await server.eventually { $0.closed == 1 })
    await trial.end(server)
  }

  @Test func `only the beginning of an answer is told`() async throws {
    let server = try await TestServer { _ in
      .text(String(repeating: "long ", count: 100_000), status: 500)
    }
    let trial = try Trial()
    let error = try await trial.failureOfGet(server.url())
    #expect(error.context.metadata["body"]?.count == 1000)
    await trial.end(server)
  }

  @Test func `secrets are in no error`() async throws {
    let secret = "s3cr3t/+?&=ü"
    let server = try await TestServer { request in
      .text("you sent \(request.uri) \(request.headers) \(request.text)", status: 500)
    }
    let trial = try Trial(secrets: ["TOKEN": secret])
    let json = String(decoding: try JSONEncoder().encode(secret), as: UTF8.self)
    let error = try await trial.failure(
      """
      {"url": "\(server.url("/p"))", "query": {"k": \(json)}, "body": {"t": \(json)},
       "headers": {"X-Key": \(json)}, "auth": {"basic": {"username": "u", "password": \(json)}}}
      """)
    let text = error.encoded().text
    #expect(text.contains("***"))
    for form in ["s3cr3t", String(Data(secret.utf8).base64EncodedString().dropLast(4))] {
      #expect(!text.contains(form), "\(text)")
    }
    await trial.end(server)
  }

  @Test func `a secret at the end of what is told is not cut in half`() async throws {
    let server = try await TestServer { _ in
      .text(String(repeating: "x", count: 994) + "s3cr3t-key", status: 500)
    }
    let trial = try Trial(secrets: ["KEY": "s3cr3t-key"])
    let error = try await trial.failureOfGet(server.url())
    let body = try #require(error.context.metadata["body"])
    #expect(body.hasSuffix("xxx***"))
    await trial.end(server)
  }

  @Test func `an address that is a secret is shown nowhere`() async throws {
    let server = try await TestServer { _ in .text("no", status: 404) }
    let address = server.url("/services/T0/B1/abcdef?sig=1234567")
    let trial = try Trial(secrets: ["HOOK": address])
    let error = try await trial.failure(#"{"url": "\#(address)"}"#)
    #expect(error.context.metadata["url"] == "***")
    #expect(!error.encoded().text.contains("abcdef"))
    await trial.end(server)
  }
}
