import Foundation
import Swell
import SwellTesting
import Testing

/// A canary goes through everything that can carry it, and is found nowhere.
@Suite struct SecretTests {
  static let canary = "Kanari-vogel/+?&ü=%42"

  static let workflow = """
    workflow: w
    nodes:
      plain: {handler: echo, input: {token: "${{ secrets.TOKEN }}"}}
      inside: {handler: echo, input: "Bearer ${{ secrets.TOKEN }}!"}
      encoded: {handler: echo, input: "${{ base64.encode(bytes(secrets.TOKEN)) }}"}
      basic: {handler: echo, input: "${{ base64.encode(bytes('user:' + secrets.TOKEN)) }}"}
      url: {handler: percent, input: "${{ secrets.TOKEN }}"}
      number: {transform: cel, with: {value: "${{ int(secrets.PIN) }}"}}
      key: {transform: cel, with: {value: "${{ {secrets.TOKEN: 1} }}"}}
      escaped: {handler: escape, input: "${{ secrets.TOKEN }}"}
      thrown: {handler: throw_input, input: "${{ secrets.TOKEN }}", optional: true}
      rejected: {handler: reject, input: {token: "${{ secrets.TOKEN }}"}, fallback: stand_in}
      stand_in: {handler: echo, input: {was: "${{ $primaryInput }}", error: "${{ $primaryError }}"}}
      computed: {handler: echo, input: "${{ int(secrets.TOKEN) }}", optional: true}
      each:
        map: {over: "${{ [secrets.TOKEN, secrets.FILE] }}", onItemFailure: collect}
        handler: throw_input
      logged: {sink: log, with: {message: "with ${{ secrets.TOKEN }}"}, input: "${{ secrets.FILE }}"}
      printed:
        transform: exec
        with: {command: [sh, -c, 'printf "\\"%s\\"" "$TOKEN"; echo "$TOKEN" >&2'], environment: {TOKEN: "${{ secrets.FILE }}"}}
      ask: {approval: {title: "Use ${{ secrets.TOKEN }}?", timeout: 1s}, otherwise: [end]}
      end: {handler: noop}
      missing: {handler: echo, input: "${{ secrets.NOT_THERE }}", optional: true}
      short: {handler: echo, input: "${{ secrets.SHORT }}", optional: true}
    """

  @Test func `a secret is used and stored nowhere`() async throws {
    let stage = try await Stage()
    let folder = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let filed = "filed-canary-0815"
    try Data((filed + "\n").utf8).write(to: folder.appending(path: "FILE"))
    try await stage.database.apply(Self.workflow)
    let worker = try stage.worker([
      "SWELL_SECRET_TOKEN": Self.canary, "SWELL_SECRET_PIN": "47110815",
      "SWELL_SECRET_SHORT": "abc",
      "SWELL_TEST_SECRETS": folder.path, "SWELL_TEST_LOG": "trace",
    ])
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "succeeded", "\(worker.log)")
    func output(_ node: String) async throws -> String? {
      try await stage.node(run, node, "output")
    }
    #expect(try await output("plain") == #"{"token": "***"}"#)
    #expect(try await output("inside") == #""Bearer ***!""#)
    #expect(try await output("encoded")?.contains("***") == true)
    #expect(try await output("basic")?.contains("***") == true)
    #expect(try await output("url") == #""***""#)
    #expect(try await output("number") == #""***""#)
    #expect(try await output("escaped") == #""***""#)
    #expect(try await output("printed") == #""***""#)
    #expect(try await stage.node(run, "rejected", "input ->> 'token'") == "***")
    #expect(
      try await stage.node(run, "missing", "error ->> 'message'")?.contains(
        "SWELL_SECRET_NOT_THERE")
        == true)
    #expect(
      try await stage.node(run, "short", "error ->> 'message'")?.contains("fewer than 4") == true)

    var dump = worker.log
    for table in ["run", "node", "attempt", "signal", "workflow", "audit", "ready", "worker"] {
      dump +=
        try await stage.database.scalar("SELECT string_agg(t::text, ' ') FROM swell.\(table) AS t")
        ?? ""
    }
    #expect(dump.contains("with ***"))
    let bytes = Array(Self.canary.utf8)
    let forms = [
      Self.canary, filed, "47110815", Data(bytes).base64EncodedString(),
      // The middle of what any encoding of a text around it holds.
      String(Data(Array("user:".utf8) + bytes).base64EncodedString().dropFirst(8).dropLast(4)),
      Self.canary.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "?",
      "Kanari-vogel", "vogel/",
    ]
    for form in forms {
      let found = dump.range(of: form).map { dump[..<$0.lowerBound].suffix(200) + "^" }
      #expect(found == nil, "\(form)")
    }
    #expect(try await stage.end([worker]) == [])
  }
}
