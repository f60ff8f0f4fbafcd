import SwellModel
import Testing

/// What `with` of an `http` node may say, and what is said of the rest.
@Suite struct HTTPDefinitionTests {
  @Test(arguments: [
    "url: https://api.example.com/orders?x=1",
    "url: https://orders.internal/${{ input.orderId }}",
    "url: ${{ input.url }}",
    "url: https://${{ input.region }}.example.com/",
    "url: https://a.b/\nmethod: ${{ input.method }}",
    "url: https://a.b/\nheaders: {Accept: text/csv, X-N: 1, X-List: [a, b], X-None: null}",
    "url: https://a.b/\nheaders: ${{ input.headers }}",
    "url: https://a.b/\nquery: {page: '${{ input.page }}', tag: [a, b]}",
    "url: https://a.b/\nauth: {bearer: '${{ secrets.TOKEN }}'}",
    "url: https://a.b/\nauth: {bearer: 'Token ${{ secrets.TOKEN }}'}",
    "url: https://a.b/\nauth: {basic: {username: me, password: '${{ secrets.P }}'}}",
    "url: https://a.b/\nauth: {hmac: {secret: '${{ secrets.S }}', header: X-Hub, prefix: sha256=, encoding: base64, timestampHeader: X-Time}}",
    "url: https://a.b/\nauth: {oauth2: {tokenUrl: https://t.b/, clientId: me, clientSecret: '${{ secrets.S }}', scope: a b, audience: x, credentials: body}}",
    "url: https://a.b/\ntls: {ca: tls/ca.pem}",
    "url: https://a.b/\ntls: {certificate: a.pem, key: '${{ secrets.KEY }}'}",
    "url: https://a.b/\nexpect: 404", "url: https://a.b/\nexpect: [2xx, 404]",
    "url: https://a.b/\nexpect: ${{ input.expect }}",
    "url: https://a.b/\nresult: response\nmaxResponse: 10MiB\nfollowRedirects: false",
    "url: https://a.b/\nresult: json\nmaxResponse: 1000\nfollowRedirects: 20",
  ])
  func `a source may say it`(with: String) {
    #expect(problems("source", with) == [])
  }

  @Test(arguments: [
    "url: https://a.b/\nbody: {a: '${{ input }}'}", "url: https://a.b/\nbody: null",
    "url: https://a.b/\nmethod: PUT\nform: {a: 1, b: [1, x]}",
    "url: https://a.b/\nmethod: PATCH\ntext: hello", "url: https://a.b/\nbytes: AAEC",
    "url: https://a.b/\nmethod: DELETE\nbody: 1", "url: https://a.b/\nmethod: OPTIONS",
    "url: https://a.b/\nmethod: ${{ input.m }}\nbody: 1",
  ])
  func `a sink may say it`(with: String) {
    #expect(problems("sink", with) == [])
  }

  private static let start = "url: https://a.b/\n"

  @Test(arguments: [
    ("source", "{}", ["missing_key url"]),
    ("source", "url: 7", ["wrong_type url"]),
    ("source", "url: ftp://a.b/", ["invalid_url url"]),
    ("source", "url: https://u:p@a.b/", ["invalid_url url"]),
    ("source", "url: https:///a", ["invalid_url url"]),
    ("source", "url: https://a b/${{ input.x }}", ["invalid_url url"]),
    ("source", "url: a.b/${{ input.x }}", []),
    ("source", "url: gopher://a.b/${{ input.x }}", ["invalid_url url"]),
    ("source", start + "urls: 1", ["unknown_key urls ~url"]),
    ("source", start + "method: POST", ["wrong_method method"]),
    ("source", start + "method: get", ["invalid_value method ~GET"]),
    ("source", start + "body: 1", ["body_not_allowed body"]),
    ("transform", start + "method: PUT", ["wrong_method method"]),
    ("sink", start + "method: GET\nform: {}", ["body_not_allowed form"]),
    ("sink", start + "method: TRACE", ["invalid_value method"]),
    ("sink", start + "body: 1\ntext: a", ["several_bodies text"]),
    ("sink", start + "bytes: '?'", ["invalid_value bytes"]),
    ("sink", start + "text: 1", ["wrong_type text"]),
    ("sink", start + "form: [a]", ["wrong_type form"]),
    ("sink", start + "form: {a: {b: 1}}", ["wrong_type form.a"]),
    ("source", start + "query: {a: [[1]]}", ["wrong_type query.a"]),
    ("source", start + "headers: {'a b': x}", ["invalid_header headers.a b"]),
    ("source", start + "headers: {'': x}", ["invalid_header headers."]),
    (
      "source", start + "headers: {Content-Length: 1}",
      ["header_not_allowed headers.Content-Length"]
    ),
    ("source", start + "headers: {X: \"a\\nb\"}", ["invalid_header headers.X"]),
    ("source", start + "headers: {X: {}}", ["wrong_type headers.X"]),
    ("source", start + "auth: {}", ["missing_key auth"]),
    ("source", start + "auth: token", ["wrong_type auth"]),
    ("source", start + "auth: {bearr: x}", ["unknown_key auth.bearr ~bearer"]),
    ("source", start + "auth: {bearer: abc}", ["literal_secret auth.bearer"]),
    ("source", start + "auth: {bearer: 7}", ["wrong_type auth.bearer"]),
    (
      "source",
      start
        + "auth: {bearer: '${{ secrets.A }}', basic: {username: me, password: '${{ secrets.B }}'}}",
      ["several_auths auth.basic"]
    ),
    (
      "source", start + "auth: {basic: {username: me, password: pw}}",
      ["literal_secret auth.basic.password"]
    ),
    (
      "source", start + "auth: {basic: {}}",
      ["missing_key auth.basic.username", "missing_key auth.basic.password"]
    ),
    (
      "source", start + "auth: {hmac: {secret: '${{ secrets.A }}', header: 'a b', encoding: hax}}",
      ["invalid_header auth.hmac.header", "invalid_value auth.hmac.encoding ~hex"]
    ),
    (
      "source",
      start
        + "auth: {oauth2: {tokenUrl: x, clientId: a, clientSecret: '${{ secrets.A }}', credentials: both}}",
      ["invalid_url auth.oauth2.tokenUrl", "invalid_value auth.oauth2.credentials ~body"]
    ),
    ("source", start + "tls: {cert: a}", ["unknown_key tls.cert"]),
    ("source", start + "tls: {certificate: a}", ["missing_key tls.key"]),
    ("source", start + "tls: {key: a}", ["missing_key tls.certificate"]),
    (
      "source", start + "tls: {certificate: a, key: \"-----BEGIN PRIVATE KEY-----\"}",
      ["literal_secret tls.key"]
    ),
    ("source", start + "expect: [ok]", ["invalid_value expect"]),
    ("source", start + "expect: []", ["invalid_value expect"]),
    ("source", start + "result: xml", ["invalid_value result"]),
    ("source", start + "maxResponse: 0", ["invalid_value maxResponse"]),
    ("source", start + "maxResponse: 65MiB", ["out_of_range maxResponse"]),
    ("source", start + "followRedirects: 21", ["invalid_value followRedirects"]),
    ("source", start + "followRedirects: 'yes'", ["invalid_value followRedirects"]),
  ])
  func `what is wrong is said where it stands`(role: String, with: String, expected: [String]) {
    #expect(problems(role, with) == expected)
  }

  @Test func `a node under no circuit says none, and its kind has one`() throws {
    func circuit(_ more: String) throws -> Node {
      try WorkflowDefinition.parse(
        "workflow: w\nnodes:\n  a:\n    source: http\n    with: {url: https://a.b/}\n" + more
      ).workflow.nodes[0]
    }
    let settings = Payload(json: #"{"url": "https://a.b:8443/x"}"#)
    #expect(try circuit("").circuit(with: settings) == "http:a.b:8443")
    #expect(try circuit("    circuit: api\n").circuit(with: settings) == "api")
    #expect(try circuit("    circuit: none\n").circuit(with: settings) == nil)
    #expect(try circuit("    whenOpen: fail\n").whenOpen == .fail)
    #expect(throws: DefinitionProblems.self) {
      try circuit("    circuit: none\n    whenOpen: fail\n")
    }
    for wrong in ["{}", #"{"url": 7}"#, #"{"url": "x"}"#, "[]", "7"] {
      #expect(try circuit("").circuit(with: Payload(json: wrong)) == nil)
    }
    #expect(try circuit("").circuit(with: nil) == nil)
  }

  private func problems(_ role: String, _ with: String) -> [String] {
    let lines = with.split(separator: "\n").map { "      " + $0 }.joined(separator: "\n")
    do {
      _ = try WorkflowDefinition.parse(
        "workflow: w\nnodes:\n  a:\n    \(role): http\n    with:\n\(lines)\n")
      return []
    } catch {
      return error.problems.map { problem in
        "\(problem.code) " + problem.path.dropFirst("nodes.a.with.".count)
          + (problem.suggestion.map { " ~" + $0 } ?? "")
      }
    }
  }
}
