import Foundation
import Swell
import SwellTesting
import Testing

/// Of several recorders that look into the same lanes, one claims at a time; nobody waits, and
/// nobody who stopped in the middle of a claim keeps the others from it.
@Suite struct ClaimTurnTests {
  private static let ids = [
    "0190c0de-0000-7000-8000-00000000000a", "0190c0de-0000-7000-8000-00000000000b",
  ]

  private func claim(_ id: String, inTurn: Bool) -> String {
    """
    SELECT string_agg(run_id::text, ',') IS NULL, max(wave) FILTER (WHERE run_id IS NULL)
    FROM swell.claim_v1('\(id)', 0, 1, ARRAY(SELECT lane FROM swell.lane WHERE lane > 1), '{0}', '{0}',
      1, 16, 1, false, false, \(inTurn))
    """
  }

  @Test func `a lane that somebody else is claiming from is passed over until the commit`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("w", 3)
    for id in Self.ids {
      try await stage.database.query(
        "SELECT * FROM swell.register_v1('\(id)', 'n', 'h', 1, '0', '{handler:noop}', NULL, 1, true)"
      )
    }
    let other = try await TestDatabase.open(stage.database.url)
    try await other.query("BEGIN")
    #expect(try await other.query(claim(Self.ids[0], inTurn: true)) == [["f", "0"]])
    #expect(try await stage.database.query(claim(Self.ids[1], inTurn: true)) == [["t", "1"]])
    // Who has been patient for long enough takes what is free.
    #expect(try await stage.database.query(claim(Self.ids[1], inTurn: false)) == [["f", "0"]])
    try await other.query("COMMIT")
    #expect(try await stage.database.query(claim(Self.ids[1], inTurn: true)) == [["f", "0"]])
    await other.connection.close()
    try await stage.database.query(
      """
      SELECT swell.release_v1(w.id::uuid, 0, 1, array_agg(run_id), array_agg(claim_token))
      FROM swell.ready AS r, unnest('{\(Self.ids.joined(separator: ","))}'::text[]) AS w(id)
      WHERE r.claimed_by = w.id::uuid GROUP BY w.id
      """)
    #expect(try await stage.end([]).isEmpty)
  }

  /// Workers that became idle together would otherwise meet each second, and look six times more
  /// after each meeting.
  @Test(.enabled(if: PooledSuite.isOff, "behind a pooler one session has the statements of many"))
  func `an idle worker that was passed over once goes on looking rarely`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    // A run makes its lane known.
    try await stage.enqueue("w", 1)
    let worker = try stage.worker()
    #expect(try await stage.allEnded())
    let other = try await TestDatabase.open(stage.database.url)
    let looks = """
      SELECT max(query_start) FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE '%swell.claim_v1%' AND pid <> pg_backend_pid()
      """
    // Before looks come once a second, half a second lies between two at most.
    #expect(
      try await stage.database.eventually(
        "SELECT clock_timestamp() - (\(looks)) > interval '700 milliseconds'"))
    try await other.query("BEGIN")
    try await other.query(
      "SELECT pg_advisory_xact_lock(hashtext('swell.claim'), lane) FROM swell.lane")
    let before = try await stage.database.scalar(looks)
    // One that has begun since then, and is over.
    #expect(
      try await stage.database.eventually(
        "SELECT (\(looks) AND state = 'idle') > '\(before ?? "")'"))
    var seen: Set<String> = []
    if let at = try await stage.database.scalar(looks) { seen.insert(at) }
    try await other.query("COMMIT")
    await other.connection.close()
    let end = ContinuousClock.now + .milliseconds(800)
    while ContinuousClock.now < end {
      if let at = try await stage.database.scalar(looks) { seen.insert(at) }
      // sleeps: between two looks
      try await Task.sleep(for: .milliseconds(1))
    }
    // Two at most until the commit, one on its way then, and the one that is not passed over.
    #expect((2...4).contains(seen.count))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a claimer that never comes to its end stops nobody for long`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let stuck = try await TestDatabase.open(stage.database.url)
    try await stuck.query("BEGIN")
    try await stuck.query(
      "SELECT pg_advisory_xact_lock(hashtext('swell.claim'), lane) FROM swell.lane")
    let worker = try stage.worker()
    #expect(try await stage.workersRunning(1))
    try await stage.enqueue("w", 50)
    #expect(try await stage.allEnded(within: .seconds(20)))
    try await stuck.query("ROLLBACK")
    await stuck.connection.close()
    #expect(try await stage.states() == ["succeeded": 50])
    #expect(try await stage.end([worker]).isEmpty)
  }
}
