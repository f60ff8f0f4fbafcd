import Foundation
import NIOHTTP1
import SwellModel
import Testing

/// What a node gives of what was answered.
@Suite struct ResponseTests {
  private func output(
    _ answer: TestServer.Answer, _ more: String = ""
  ) async throws -> String {
    let server = try await TestServer { _ in answer }
    let trial = try Trial()
    let output = try await trial.get(server.url(), more)
    await trial.end(server)
    return output
  }

  private func failure(
    _ answer: TestServer.Answer, _ more: String = ""
  ) async throws -> NodeError {
    let server = try await TestServer { _ in answer }
    let trial = try Trial()
    let error = try await trial.failureOfGet(server.url(), more)
    await trial.end(server)
    return error
  }

  @Test(arguments: [
    ("application/json", #"{"a": 1.10}"#, #"{"a": 1.10}"#),
    ("application/json; charset=utf-8", " [1]\n", " [1]\n"),
    ("application/problem+json", "null", "null"),
    ("Text/JSON", "7", "7"),
    ("application/json", "\u{FEFF}[]", "[]"),
    ("text/plain", #"{"a": 1}"#, #""{\"a\": 1}""#),
    ("text/plain; charset=\"UTF-8\"", "ü", #""ü""#),
    ("application/json", "", "null"), ("text/plain", "", "null"),
  ])
  func `a body is decoded by its type`(type: String, body: String, output: String) async throws {
    #expect(
      try await self.output(.response(200, [("Content-Type", type)], Array(body.utf8))) == output)
  }

  @Test func `a body without a type is text`() async throws {
    #expect(try await output(.response(200, [], Array("[1]".utf8))) == #""[1]""#)
    #expect(
      try await output(.response(200, [], Array("[1]".utf8)), #", "result": "json""#) == "[1]")
    #expect(try await output(.response(204, [], [])) == "null")
  }

  @Test func `text is read as its type says`() async throws {
    for charset in ["ISO-8859-1", "windows-1252"] {
      #expect(
        try await output(
          .response(200, [("Content-Type", "text/plain; charset=\(charset)")], [0x67, 0xFC, 0x6E]))
          == #""gün""#)
    }
    #expect(try await output(.json("[1]"), #", "result": "text""#) == #""[1]""#)
    #expect(try await output(.text(""), #", "result": "text""#) == #""""#)
  }

  @Test func `bytes are base64`() async throws {
    #expect(
      try await output(.response(200, [], [0, 255, 10]), #", "result": "bytes""#) == #""AP8K""#)
  }

  @Test func `a response has its status, its headers and its body`() async throws {
    let text = try await output(
      .response(
        201,
        [("Content-Type", "application/json"), ("X-A", "1"), ("x-a", "2"), ("Set-Cookie", "a=1")],
        Array("[1.10]".utf8)), #", "result": "response""#)
    let value = try JSONValue.parse(Payload(json: text))
    #expect(value["status"]?.int == 201)
    #expect(value["headers"]?["x-a"]?.string == "1, 2")
    #expect(value["headers"]?["set-cookie"]?.string == "a=1")
    #expect(text.contains(#""body":[1.10]"#))
  }

  @Test func `a HEAD has no body, however long it is said to be`() async throws {
    let server = try await TestServer { _ in
      .response(200, [("Content-Length", "99999999"), ("X-A", "1")], [])
    }
    let trial = try Trial()
    let text = try await trial.get(server.url(), #", "method": "HEAD", "result": "response""#)
    let value = try JSONValue.parse(Payload(json: text))
    #expect(value["headers"]?["content-length"]?.string == "99999999")
    #expect(value["body"] == .null)
    await trial.end(server)
  }

  @Test func `statuses that are expected are no errors`() async throws {
    for expect in ["404", "[404, 500]", #""4xx""#, #"["2xx", "404"]"#, #""404""#] {
      #expect(
        try await output(.json("[]", status: 404), #", "expect": \#(expect)"#) == "[]", "\(expect)")
    }
    #expect(try await failure(.json("[]"), #", "expect": 201"#).code == "http_200")
    #expect(try await output(.redirect(302, "/x"), #", "expect": 302"#) == #""elsewhere""#)
  }

  @Test(arguments: [
    ("application/json", Array("{oops".utf8), "response_not_json", ErrorKind.serialization),
    ("application/json", Array(#""a\u0000b""#.utf8), "response_not_json", .serialization),
    ("application/json", Array("[1] [2]".utf8), "response_not_json", .serialization),
    ("application/json", [0x22, 0xFF, 0x22], "response_not_json", .serialization),
    ("text/plain", [0xFF, 0xFE], "response_not_text", .serialization),
    ("text/plain", Array("a\u{0}b".utf8), "response_not_text", .serialization),
    ("text/plain; charset=utf-7", Array("a".utf8), "response_not_text", .serialization),
  ])
  func `what cannot be decoded says so`(
    type: String, body: [UInt8], code: String, kind: ErrorKind
  ) async throws {
    let error = try await failure(.response(200, [("Content-Type", type)], body))
    #expect(error.code == code)
    #expect(error.kind == kind)
    #expect(error.context.metadata["status"] == "200")
    #expect(error.context.metadata["contentType"] == type)
  }

  @Test func `a packed answer is unpacked`() async throws {
    // gzip of [1,2,3]
    let packed: [UInt8] = Array(
      Data(base64Encoded: "H4sIAAAAAAACA4s21DHSMY4FAOmzbf0HAAAA") ?? Data())
    let server = try await TestServer { request in
      #expect(request.headers["Accept-Encoding"] == ["gzip, deflate"])
      return .response(
        200, [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], packed)
    }
    let trial = try Trial()
    #expect(try await trial.get(server.url()) == "[1,2,3]")
    await trial.end(server)
    let broken = try await failure(
      .response(200, [("Content-Encoding", "gzip")], Array("no gzip at all".utf8)))
    #expect(broken.code == "response_not_unpacked")
    #expect(broken.kind == .serialization)
  }

  @Test func `an answer of exactly the limit is not too much`() async throws {
    let body = [UInt8](repeating: 0x61, count: 100_000)
    let output = try await output(.response(200, [], body), #", "maxResponse": 100000"#)
    #expect(output.utf8.count == 100_002)
    let error = try await failure(.response(200, [], body), #", "maxResponse": 99999"#)
    #expect(error.kind == .tooLarge)
    #expect(error.code == "response_too_large")
    #expect(error.message.contains("maxResponse"))
    let standard = [UInt8](repeating: 0x61, count: (1 << 20) + 1)
    #expect(try await failure(.response(200, [], standard)).code == "response_too_large")
  }

  @Test func `an answer without a length is cut off at the limit`() async throws {
    let part = "2710\r\n" + String(repeating: "a", count: 10_000) + "\r\n"
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    let server = try await TestServer { _ in
      .unfinished(head + String(repeating: part, count: 20))
    }
    let trial = try Trial()
    let error = try await trial.failureOfGet(server.url(), #", "maxResponse": "50KiB""#)
    #expect(error.code == "response_too_large")
    #expect(await server.eventually { $0.closed == 1 })
    let whole = try await TestServer { _ in .raw(head + part + part + "0\r\n\r\n") }
    #expect(try await trial.get(whole.url()).utf8.count == 20_002)
    await trial.end(server, whole)
  }

  @Test func `an answer that unpacks without end is cut off, too`() async throws {
    let packed = PackedRun.gzip(of: UInt8(ascii: "0"), count: 20_000_000)
    #expect(packed.count < 150_000)
    let error = try await failure(.response(200, [("Content-Encoding", "gzip")], packed))
    #expect(error.kind == .tooLarge)
    #expect(error.code == "response_too_large")
  }
}
