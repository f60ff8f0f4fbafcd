import NIOHTTP1
import SwellModel
import Testing

/// Where a redirect leads, and what goes along.
@Suite struct RedirectTests {
  @Test(arguments: [301, 302, 303, 307, 308])
  func `a source follows every redirect`(_ status: Int) async throws {
    let server = try await TestServer { request in
      request.uri == "/a/b" ? .redirect(status, "../c?x=1") : .text(request.uri)
    }
    let trial = try Trial()
    #expect(try await trial.get(server.url("/a/b")) == #""/c?x=1""#)
    #expect(server.requests.map(\.method) == ["GET", "GET"])
    await trial.end(server)
  }

  @Test(arguments: [
    (307, "POST", "body"), (308, "PUT", "body"), (303, "GET", ""),
  ])
  func `a redirect that says how is followed with the method that it says`(
    status: Int, method: String, body: String
  ) async throws {
    let server = try await TestServer { request in
      request.uri == "/a" ? .redirect(status, "/b") : .text("done")
    }
    let trial = try Trial()
    let written = status == 308 ? "PUT" : "POST"
    let output = try await trial.execute(
      #"{"url": "\#(server.url("/a"))", "method": "\#(written)", "text": "body"}"#)
    #expect(output == #""done""#)
    let last = try #require(server.requests.last)
    #expect(last.method == method)
    #expect(last.text == body)
    #expect(last.headers.contains(name: "Idempotency-Key") == (status == 307))
    #expect(last.headers.contains(name: "Content-Type") == !body.isEmpty)
    await trial.end(server)
  }

  @Test(arguments: [301, 302])
  func `a redirect that leaves open what becomes of a POST is not followed`(
    _ status: Int
  ) async throws {
    let server = try await TestServer { _ in .redirect(status, "/b") }
    let trial = try Trial()
    let error = try await trial.failure(#"{"url": "\#(server.url("/a"))"}"#)
    #expect(error.code == "redirect_changes_method")
    #expect(error.kind == .validation)
    #expect(server.requests.count == 1)
    await trial.end(server)
  }

  @Test func `redirects without end come to one`() async throws {
    let server = try await TestServer { request in .redirect(302, request.uri + "a") }
    let trial = try Trial()
    let error = try await trial.failureOfGet(server.url("/"))
    #expect(error.code == "too_many_redirects")
    #expect(error.kind == .validation)
    #expect(server.requests.count == 6)
    let once = try await trial.failureOfGet(server.url("/"), #", "followRedirects": 1"#)
    #expect(once.code == "too_many_redirects")
    #expect(server.requests.count == 8)
    for none in ["false", "0"] {
      let error = try await trial.failureOfGet(server.url("/"), #", "followRedirects": \#(none)"#)
      #expect(error.code == "http_302")
    }
    await trial.end(server)
  }

  @Test(arguments: ["ftp://a/", "http://u:p@a/", "http://[::1/", "//"])
  func `a redirect to no address is an error`(_ location: String) async throws {
    let server = try await TestServer { _ in .redirect(302, location) }
    let trial = try Trial()
    #expect(try await trial.failureOfGet(server.url("/")).code == "redirect_invalid")
    await trial.end(server)
  }

  @Test func `another host gets no credentials`() async throws {
    let other = try await TestServer { _ in .text("there") }
    let server = try await TestServer { request in .redirect(307, other.url("/there")) }
    let trial = try Trial(secrets: ["KEY": "s3cr3t-key"])
    let headers =
      #""headers": {"Cookie": "a=1", "X-Key": "s3cr3t-key", "X-Plain": "1", "X-Basic": "czNjcjN0LWtleQ=="}"#
    for auth in [
      #"{"bearer": "s3cr3t-key"}"#, #"{"basic": {"username": "u", "password": "s3cr3t-key"}}"#,
      #"{"hmac": {"secret": "s3cr3t-key", "header": "X-Signature"}}"#,
    ] {
      #expect(
        try await trial.execute(
          #"{"url": "\#(server.url("/"))", \#(headers), "auth": \#(auth), "text": "plain"}"#)
          == #""there""#)
      let (first, second) = (try #require(server.requests.last), try #require(other.requests.last))
      #expect(first.headers.contains(name: "Cookie"))
      #expect(second.method == "POST")
      #expect(second.text == "plain")
      #expect(second.headers["X-Plain"] == ["1"])
      for name in ["Authorization", "Cookie", "X-Key", "X-Basic", "X-Signature"] {
        #expect(!second.headers.contains(name: name), "\(name)")
      }
      #expect(second.headers["Host"] == ["127.0.0.1:\(other.port)"])
    }
    await trial.end(server, other)
  }

  @Test func `the same host gets them again, and another one never after`() async throws {
    let home = TestHome()
    let other = try await TestServer { _ in .redirect(302, home.url ?? "") }
    let server = try await TestServer { request in
      switch request.uri {
      case "/a": .redirect(302, "/b")
      case "/b": .redirect(302, other.url("/"))
      default: .text("home")
      }
    }
    home.url = server.url("/c")
    let trial = try Trial()
    #expect(try await trial.get(server.url("/a"), #", "auth": {"bearer": "abc"}"#) == #""home""#)
    #expect(
      server.requests.map { $0.headers.contains(name: "Authorization") } == [true, true, false])
    await trial.end(server, other)
  }

  @Test func `a body with a secret goes to no other host`() async throws {
    let other = try await TestServer { _ in .text("there") }
    let server = try await TestServer { _ in .redirect(308, other.url("/")) }
    let trial = try Trial(secrets: ["KEY": "s3cr3t-key"])
    let error = try await trial.failure(
      #"{"url": "\#(server.url("/"))", "form": {"key": "s3cr3t-key"}}"#)
    #expect(error.code == "redirect_with_secret")
    #expect(other.requests.isEmpty)
    await trial.end(server, other)
  }
}
