import Foundation
import Swell
import SwellTesting
import Testing

/// `swell.retry` of runs whose fallbacks and error handlers have played their part.
@Suite(.serialized) struct RetriedRunTests {
  @Test func `what the end of a fallback chain stood in for stays`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: reject, fallback: f1}
        f1: {handler: reject, fallback: f2}
        f2: {handler: effect}
        b: {handler: fail_twice, needs: a, retry: {strategy: none}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "failed")
    for _ in 0..<2 {
      try await stage.database.query("SELECT swell.retry('\(run)')")
      #expect(try await stage.allEnded())
    }
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.node(run, "a", "attempt") == "1")
    #expect(try await stage.node(run, "f1", "attempt") == "1")
    #expect(try await stage.node(run, "f2", "attempt") == "1")
    #expect(try await stage.node(run, "f2", "degraded") == "t")
    #expect(try await stage.ledger.scalar("SELECT count(*) FROM effect") == "1")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `the error handler and its fallback start anew`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      onError: h
      nodes:
        a: {handler: reject}
        h: {handler: throw_anything, retry: {strategy: none}, fallback: g}
        g: {handler: effect}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded())
    try await stage.database.query("SELECT swell.retry('\(run)')")
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.run(run, "error->>'code'") == "no_thanks")
    for node in ["a", "h", "g"] {
      #expect(try await stage.node(run, node, "attempt") == "2", "\(node)")
    }
    #expect(
      try await stage.ledger.scalar("SELECT count(*) FROM effect WHERE node_id = 'g'") == "2")
    #expect(try await stage.end([worker]).isEmpty)
  }
}
