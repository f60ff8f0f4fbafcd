import SwellModel
import Testing

struct NodeErrorTests {
  @Test func `an error is stored whole and read back whole`() throws {
    let error = NodeError(
      .transport, "no \"answer\"\n", code: "http_503",
      context: NodeError.Context(
        node: "charge", operation: "POST", attempt: 2, wave: 3, worker: "w1",
        stackTrace: ["a", "b"], metadata: ["url": "https://x", "": "é"]),
      causes: [.init(type: "Socket", message: "reset")], retryAfter: .microseconds(1_500_250))
    let payload = error.encoded()
    try PayloadScan.check(payload)
    #expect(try NodeError(payload: payload) == error)
    #expect(try JSONValue.parse(payload)["retryable"] == .bool(true))
  }

  @Test(arguments: ErrorKind.allCases)
  func `every kind comes back, and what is absent is left out`(kind: ErrorKind) throws {
    let error = NodeError(kind, "m")
    let text = error.encoded().text
    #expect(
      text
        == #"{"kind":"\#(kind.rawValue)","message":"m","retryable":\#(kind.isRetryable),"context":{}}"#
    )
    #expect(try NodeError(payload: Payload(json: text)) == error)
  }

  @Test func `the worst error fits a payload`() throws {
    let nasty = String(repeating: "\0\u{1}\"", count: 100_000)
    let error = NodeError(
      .execution, nasty, code: nasty,
      context: NodeError.Context(
        node: nasty, operation: nasty, worker: nasty,
        stackTrace: Array(repeating: nasty, count: 300),
        metadata: Dictionary(uniqueKeysWithValues: (0..<150).map { ("\($0)" + nasty, nasty) })),
      causes: Array(repeating: .init(type: nasty, message: nasty), count: 50))
    let payload = error.encoded()
    try PayloadScan.check(payload)
    let back = try NodeError(payload: payload)
    #expect(back.context.stackTrace.count == 200)
    #expect(back.context.metadata.count == 100)
    #expect(back.message.hasPrefix("\u{FFFD}\u{1}\"") && back.message.hasSuffix("…"))
  }

  @Test func `secrets are redacted in every string, the longest first`() {
    let error = NodeError(
      .execution, "key s3 and s3cret: s3cret\u{301}", code: "s3",
      context: NodeError.Context(
        node: "s3", operation: "s3", worker: "s3", stackTrace: ["at s3"],
        metadata: ["s3": "{\"k\":\"a\\\"b\"}"]),
      causes: [.init(type: "s3", message: "x s3")])
    let clean = Redactor(["s3", "s3cret", "", "a\"b"]).redacting(error)
    #expect(clean.message == "key *** and ***: ***\u{301}")
    #expect(!clean.encoded().text.contains("s3"))
    #expect(clean.context.metadata == ["***": "{\"k\":\"***\"}"])
    #expect(Redactor([]).redacting(error) == error)
  }

  @Test(arguments: ["", "1", "[]", "{", "null"])
  func `what is not an error is refused`(json: String) {
    #expect(throws: JSONSyntaxProblem.self) { try NodeError(payload: Payload(json: json)) }
  }

  @Test func `an unknown kind is other`() throws {
    #expect(
      try NodeError(payload: Payload(json: #"{"kind":"new","message":1}"#)) == NodeError(.other, "")
    )
  }
}
