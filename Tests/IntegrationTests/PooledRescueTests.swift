import Foundation
import Swell
import SwellTesting
import Testing

/// Behind a pooler a connection outlives the database's restarts, so what it has seen says nothing of
/// locks: a pooled worker goes by heartbeats alone.
@Suite struct PooledRescueTests {
  @Test func `a pooled rescuer takes nobody for dead whose lock it does not see`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("w")
    let other = "0190c0de-0000-7000-8000-00000000000a"
    try await stage.database.query(
      """
      INSERT INTO swell.worker (worker_id, name, host, pid, version, kinds, locked, lock_key, epochs,
        state, started_at, heartbeat_at)
      VALUES ('\(other)', 'n', 'h', 1, '0', '{}', true, 4711, '{1}', 'running',
        clock_timestamp(), clock_timestamp())
      """)
    try await stage.database.query(
      "UPDATE swell.ready SET claimed_by = '\(other)', recorder = 0, claimed_at = clock_timestamp(), claim_token = 7"
    )
    let worker = try stage.worker(["SWELL_TEST_POOLED": "1"])
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 FROM swell.worker WHERE state = 'running'"))
    let end = ContinuousClock.now + .seconds(4)
    // sleeps: a rescuer that goes by locks frees the run two and a half seconds after it connected.
    while ContinuousClock.now < end {
      try await stage.database.query(
        "UPDATE swell.worker SET heartbeat_at = clock_timestamp() WHERE worker_id = '\(other)'")
      try await Task.sleep(for: .milliseconds(200))
    }
    #expect(try await stage.database.scalar("SELECT claimed_by FROM swell.ready") == other)
    // The same worker that beats no more is given up.
    #expect(try await stage.allEnded(within: .seconds(30)), "\(worker.log)")
    #expect(try await stage.end([worker]).isEmpty)
  }
}
