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

  @Test func `the parts of a map that a fallback stood in for are left as they are`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a:
          map: {over: '${{ [{"fail": true, "ms": 0}, {"fail": false, "ms": 60000}] }}', spread: true}
          handler: chosen
          input: "${{ item }}"
          fallback: f
        f: {handler: effect}
        b: {handler: fail_twice, needs: a, retry: {strategy: none}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    let parts =
      "SELECT item, state FROM swell.node WHERE run_id = '\(run)' AND node_id = 'a' ORDER BY 1"
    let left = [["0", "failed"], ["1", "failed"], ["2", "cancelled"]]
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.database.query(parts) == left)
    for _ in 0..<2 {
      try await stage.database.query("SELECT swell.retry('\(run)')")
      #expect(try await stage.allEnded())
    }
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.database.query(parts) == left)
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a fallback of which only a part has succeeded stands in for nothing`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: fail_twice, retry: {strategy: none}, fallback: f}
        f:
          map: {over: '${{ [{"fail": false}, {"fail": true}] }}', concurrency: 1}
          handler: chosen
          input: "${{ item }}"
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.node(run, "f", "state") == "failed")
    for _ in 0..<2 {
      try await stage.database.query("SELECT swell.retry('\(run)')")
      #expect(try await stage.allEnded())
    }
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.node(run, "a", "attempt") == "3")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `what a condition guards is not executed without it`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      onError: h
      nodes:
        a: {handler: fail_twice, retry: {strategy: none}}
        charge: {handler: effect, needs: a, when: "${{ input.total > 0 }}"}
        h: {handler: effect, input: {}, when: "${{ $failedNode == 'a' }}"}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.allEnded())
    #expect(try await stage.node(run, "h", "state") == "succeeded")
    // The third time it fails over what nobody can tell, for which the handler is not; and so it does the fourth time.
    for _ in 0..<3 {
      try await stage.database.query("SELECT swell.retry('\(run)')")
      #expect(try await stage.allEnded())
      #expect(try await stage.run(run, "state") == "failed")
    }
    #expect(try await stage.node(run, "charge", "state") == "failed")
    #expect(try await stage.node(run, "charge", "attempt") == "2")
    #expect(try await stage.node(run, "h", "state") == "skipped")
    #expect(
      try await stage.ledger.query("SELECT node_id, count(*) FROM effect GROUP BY 1 ORDER BY 1")
        == [["h", "2"]])
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
