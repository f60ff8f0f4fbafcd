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

  @Test(arguments: [
    "swell.rescue_v1(gen_random_uuid(), '{\(worker)}', false, true, 3600000000)",
    "swell.release_v1('\(worker)', 0, 1, ARRAY[RUN]::uuid[], '{7}')",
    "swell.leave_v1('\(worker)', 0, 1, ARRAY[RUN]::uuid[], '{7}', '{1000}', '[]')",
    "swell.reconcile_v1('\(worker)', 0, 2, '{}', '{}')",
  ])
  func `a run that is let go in a lane of some kinds has its moments again`(
    call: String
  ) async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\ndeadline: 2h\nnodes: {a: {handler: noop}, b: {handler: noop}}")
    let runs = try await stage.enqueue("w", 4).sorted()
    // They were woken, so that their rows have lost them. Of the second one a retry comes before its deadline, and one is
    // past; the third one is past its deadline. The fourth one has been told of an answer, which needs no kinds.
    try await stage.database.query(
      """
      INSERT INTO swell.worker (worker_id, name, host, pid, version, kinds, locked, lock_key, epochs,
        state, started_at, heartbeat_at)
      VALUES ('\(Self.worker)', 'n', 'h', 1, '0', '{}', false, 42, '{1}', 'running', swell.now(),
        swell.now() - interval '1 hour');
      UPDATE swell.ready SET claimed_by = '\(Self.worker)', recorder = 0, claimed_at = now(), claim_token = 7, wake_at = NULL;
      INSERT INTO swell.node (run_id, node_id, wave, state, attempt, scheduled_at)
      SELECT '\(runs[1])', id, 0, 'retrying', 1, swell.now() + due
      FROM (VALUES ('a', interval '1 hour'), ('b', interval '-1 hour')) AS x(id, due);
      UPDATE swell.run SET deadline = swell.now() - interval '1 hour' WHERE run_id = '\(runs[2])';
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at, folded)
      VALUES ('\(runs[3])', 'answer', 'ask', '{}', 'me', swell.now(), true)
      """)
    let call = call.replacing("RUN", with: runs.map { "'\($0)'" }.joined(separator: ", "))
      .replacing("'{7}'", with: "'{7, 7, 7, 7}'")
      .replacing("'{1000}'", with: "'{90000000, 90000000, 90000000, 90000000}'")
    try await stage.database.query("SELECT \(call)")
    #expect(
      try await stage.database.query(
        """
        SELECT r.claimed_by IS NULL, (r.lane > 1) = (r.run_id <> '\(runs[3])'), r.wake_at IS NOT DISTINCT FROM CASE r.run_id
          WHEN '\(runs[0])' THEN u.deadline
          WHEN '\(runs[1])' THEN (SELECT n.scheduled_at FROM swell.node AS n WHERE n.run_id = r.run_id AND n.node_id = 'a')
          WHEN '\(runs[2])' THEN r.scheduled_at END
        FROM swell.ready AS r JOIN swell.run AS u USING (run_id)
        """) == Array(repeating: ["t", "t", "t"], count: 4))
    await stage.database.connection.close()
    await stage.ledger.connection.close()
  }
}
