import Foundation
import Swell
import SwellTesting
import Testing

/// SIGTERM under load.
@Suite(.serialized) struct ShutdownTests {
  @Test func `a stopped worker finishes what runs, hands back the rest, and ends with 0`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: slow_effect}
        b: {handler: slow_effect, needs: a}
      """)
    let first = try stage.worker()
    #expect(try await stage.workersRunning(1))
    try await stage.enqueue("w", 100, input: #"{"ms": 200}"#)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) > 10 FROM swell.ready WHERE claimed_by IS NOT NULL"))
    first.signal(SIGTERM)
    #expect(await first.ended() == 0)
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.ready WHERE claimed_by IS NOT NULL") == "0")
    #expect(try await stage.database.scalar("SELECT max(crashes) FROM swell.ready") == "0")
    let second = try stage.worker()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 100])
    #expect(
      try await stage.ledger.scalar(
        "SELECT count(*) FROM (SELECT FROM effect WHERE event = 'effect' GROUP BY run_id, node_id HAVING count(*) > 1) AS x"
      ) == "0")
    #expect(try await stage.end([first, second]).isEmpty)
  }

  @Test func `what outlasts the grace time is cancelled first and handed back last`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let first = try stage.worker(["SWELL_TEST_GRACE_MS": "200"])
    #expect(try await stage.workersRunning(1))
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 5000}"#)[0]
    #expect(try await stage.ledger.eventually("SELECT count(*) = 1 FROM effect"))
    first.signal(SIGTERM)
    #expect(await first.ended() == 0)
    #expect(try await stage.run(run, "state") == "queued")
    #expect(try await stage.run(run, "crashes") == "0")
    #expect(
      try await stage.ledger.scalar("SELECT count(*) FROM effect WHERE event = 'effect'") == "0")
    #expect(try await stage.end([first]).isEmpty)
  }
}
