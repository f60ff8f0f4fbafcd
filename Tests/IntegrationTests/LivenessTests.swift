import Foundation
import Swell
import SwellTesting
import Testing

/// The connection that proves that a worker lives.
@Suite(.serialized) struct LivenessTests {
  @Test(.enabled(if: PooledSuite.isOff, "a pooled worker has no session lock to lose"))
  func `a heartbeat that the server refuses costs the worker nothing`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: doze}}")
    let workers = try (0..<2).map { _ in try stage.worker() }
    #expect(try await stage.workersRunning(2))
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 9000}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT claimed_by IS NOT NULL FROM swell.ready WHERE run_id = '\(run)'"))
    // Who holds the lock of each worker.
    let sessions = """
      SELECT string_agg(k.pid::text, ' ' ORDER BY k.pid)
      FROM swell.worker AS w JOIN pg_locks AS k ON k.locktype = 'advisory' AND k.granted AND k.objsubid = 1
        AND k.classid = ((w.lock_key >> 32) & 4294967295)::oid AND k.objid = (w.lock_key & 4294967295)::oid
      """
    let before = try await stage.database.scalar(sessions)
    #expect(before?.split(separator: " ").count == 2)
    let locker = try await TestDatabase.open(stage.database.url)
    try await locker.query("BEGIN; LOCK TABLE swell.worker IN EXCLUSIVE MODE")
    for worker in workers {
      #expect(await worker.says("a heartbeat was refused"), "\(worker.log)")
    }
    try await locker.query("COMMIT")
    #expect(try await stage.database.scalar(sessions) == before)
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 1])
    #expect(try await stage.repeated() == [])
    await locker.connection.close()
    #expect(try await stage.end(workers).isEmpty)
  }
}
