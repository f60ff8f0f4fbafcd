import Foundation
import Swell
import SwellTesting
import Testing

/// Handlers that return what cannot be stored, throw, hang or do not listen.
@Suite(.serialized) struct BadOutputTests {
  @Test func `whatever a handler does, its node fails and the worker lives`() async throws {
    let cases: [(handler: String, kind: String)] = [
      ("huge", "tooLarge"), ("nul", "serialization"), ("surrogate", "serialization"),
      ("bad_utf8", "serialization"), ("deep", "serialization"), ("exponent", "serialization"),
      ("not_json", "serialization"), ("throw_anything", "execution"), ("reject", "validation"),
      ("typed", "marshaling"),
    ]
    let stage = try await Stage()
    var runs: [String: String] = [:]
    for each in cases {
      try await stage.database.apply(
        "workflow: w_\(each.handler)\nnodes: {a: {handler: \(each.handler), retry: {strategy: none}}}"
      )
      runs[each.handler] = try await stage.enqueue("w_\(each.handler)")[0]
    }
    try await stage.database.apply("workflow: good\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("good", 50)
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    for each in cases {
      let run = try #require(runs[each.handler])
      #expect(try await stage.node(run, "a", "error_kind") == each.kind, "\(each.handler)")
      #expect(try await stage.run(run, "state") == "failed", "\(each.handler)")
    }
    #expect(try await stage.states() == ["failed": cases.count, "succeeded": 50])
    #expect(kill(worker.pid, 0) == 0)
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a handler that ignores its timeout costs a slot, not the worker`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: deaf, timeout: 200ms, retry: {strategy: none}}}")
    let worker = try stage.worker()
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 20000}"#)[0]
    #expect(try await stage.allEnded(within: .seconds(15)))
    #expect(try await stage.node(run, "a", "error_kind") == "timeout")
    #expect(worker.log.contains("ignores cancellation"))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `while a handler spins, heartbeats and other runs go on`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: spin\nnodes: {a: {handler: spin}}")
    try await stage.database.apply("workflow: good\nnodes: {a: {handler: noop}}")
    let worker = try stage.worker()
    let spin = try await stage.enqueue("spin", 1, input: #"{"ms": 15000}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'running' FROM swell.runs WHERE run_id = '\(spin)'"))
    let before = try await stage.database.scalar("SELECT heartbeat_at FROM swell.workers") ?? ""
    try await stage.enqueue("good", 20)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 20 FROM swell.runs WHERE workflow = 'good' AND state = 'succeeded'",
        within: .seconds(10)))
    #expect(try await stage.run(spin, "state") == "running")
    #expect(
      try await stage.database.eventually(
        "SELECT heartbeat_at >= '\(before)'::timestamptz + interval '4 seconds' FROM swell.workers",
        within: .seconds(12)))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a value that only the server refuses fails its own node alone`() async throws {
    let stage = try await Stage()
    try await stage.database.query(
      """
      ALTER TABLE swell.node ADD CONSTRAINT refuse_me CHECK (output IS NULL OR output <> '{"refuse": "me"}');
      """)
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: refused}}")
    try await stage.enqueue("w", 30)
    let bad = try await stage.enqueue("w", 1, input: #"{"refuse": 1}"#)[0]
    try await stage.enqueue("w", 30)
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["failed": 1, "succeeded": 60])
    #expect(try await stage.node(bad, "a", "error_kind") == "serialization")
    #expect(try await stage.end([worker]).isEmpty)
  }
}
