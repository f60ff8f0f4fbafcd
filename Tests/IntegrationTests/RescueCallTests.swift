import Swell
import SwellTesting
import Testing

/// Whom `swell.rescue_v1` names as dead.
@Suite struct RescueCallTests {
  private static let worker = "0190c0de-0000-7000-8000-0000000000d1"

  @Test(arguments: [
    // Its lock is gone: seen, or whoever looks was not there when it went.
    (beat: 1.0, by: "true, false, NULL", isDead: true),
    (beat: 1.0, by: "true, false, 3000000", isDead: true),
    (beat: 5.0, by: "true, false, 3000000", isDead: false),
    (beat: 5.0, by: "true, false, 7000000", isDead: true),
    // As the clocks of two servers may differ.
    (beat: 5.0, by: "true, false, 5500000", isDead: false),
    (beat: 1.0, by: "false, false, NULL", isDead: false),
    // By its heartbeat, whoever looks and whatever befell its lock.
    (beat: 9.0, by: "false, true, 3000000", isDead: false),
    (beat: 11.0, by: "false, true, 3000000", isDead: true),
    (beat: 11.0, by: "true, true, 3000000", isDead: true),
    (beat: 11.0, by: "true, false, 3000000", isDead: false),
    // By the clock of a server that was ahead and is gone: who has not beaten here.
    (beat: -5.0, by: "true, false, 3000000", isDead: false),
    (beat: -5.0, by: "true, true, 3000000", isDead: false),
    (beat: -3600.0, by: "true, false, 3000000", isDead: false),
    (beat: -3600.0, by: "false, true, 3000000", isDead: true),
  ])
  func `a lock that is gone counts only of workers that have beaten since`(
    beat: Double, by: String, isDead: Bool
  ) async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let run = try await stage.enqueue("w")[0]
    try await stage.database.query(
      """
      INSERT INTO swell.worker (worker_id, name, host, pid, version, kinds, locked, lock_key, epochs,
        state, started_at, heartbeat_at)
      VALUES ('\(Self.worker)', 'n', 'h', 1, '0', '{}', true, 42, '{1}', 'running', swell.now(),
        swell.now() - \(beat) * interval '1 second')
      """)
    try await stage.database.query(
      "UPDATE swell.ready SET claimed_by = '\(Self.worker)', recorder = 0, claimed_at = now(), claim_token = 7"
    )
    func look(_ suspects: String) -> String {
      "SELECT worker FROM swell.rescue_v1(gen_random_uuid(), '{\(suspects)}', \(by)) WHERE worker IS NOT NULL"
    }
    #expect(try await stage.database.query(look("")).count == (isDead ? 1 : 0))
    try await stage.database.query(look(Self.worker))
    #expect(try await stage.run(run, "worker") == (isDead ? nil : Self.worker))
    #expect(try await stage.end([]).isEmpty)
  }
}
