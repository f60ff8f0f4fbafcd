import Foundation
import Swell
import SwellTesting
import Testing

/// The database's clock jumps, as after a suspend of its machine: connections and workers live on.
@Suite(.serialized) struct ClockJumpTests {
  @Test func `nobody is given up for a heartbeat that a jump has made old`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: doze}}")
    let workers = try (0..<2).map { _ in try stage.worker() }
    #expect(try await stage.workersRunning(2))
    var runs = try await stage.enqueue("w", 20, input: #"{"ms": 18000}"#)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 20 FROM swell.ready WHERE claimed_by IS NOT NULL"))
    // sleeps: until the rescuers have been there for ten seconds, and trust what they see
    try await Task.sleep(for: .seconds(11))
    for shift in [30, 0] {
      try await stage.database.query(
        """
        CREATE OR REPLACE FUNCTION swell.now() RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE
        SET search_path = pg_catalog, pg_temp
        AS 'BEGIN RETURN clock_timestamp() + interval ''\(shift) seconds''; END'
        """)
      // The first one is claimed far ahead of the second one's time, and hides it from no look.
      let run = try await stage.enqueue("w", 1, input: #"{"ms": 1}"#)[0]
      runs.append(run)
      #expect(
        try await stage.database.eventually(
          "SELECT state = 'succeeded' FROM swell.runs WHERE run_id = '\(run)'"))
      // sleeps: several looks, and a beat of everybody
      try await Task.sleep(for: .seconds(3))
    }
    #expect(
      try await stage.database.scalar("SELECT count(*) FROM swell.ready WHERE crashes > 0") == "0")
    #expect(try await stage.allEnded(within: .seconds(60)))
    #expect(try await stage.states() == ["succeeded": runs.count])
    #expect(try await stage.repeated() == [])
    #expect(try await stage.end(workers).isEmpty)
  }
}
