import Swell
import SwellCore
import SwellTesting
import Testing

@testable import SwellEngine

/// From where on signals are looked for: what is gone, and must stay in the indexes while somebody holds a
/// snapshot, is not read by every call, and nothing that is there is passed over.
@Suite struct SignalReachTests {
  private static let worker = "0190c0de-0000-7000-8000-00000000000d"
  private let begin = Moment(microseconds: 1_000_000_000)

  @Test func `ids that were given a moment ago may be committed still`() {
    let reach = SignalReach()
    #expect(reach.bounds == .everything)
    for second in 0...20 {
      reach.saw(
        .init(any: nil, unseen: nil, lastGiven: Int64(1000 + 100 * second)),
        departed: begin + .seconds(second))
    }
    // The last one that had been given ten seconds before.
    #expect(reach.bounds == .init(any: 2001, unseen: 2001))
    reach.saw(.init(any: 17, unseen: 1950, lastGiven: 3100), departed: begin + .seconds(21))
    #expect(reach.bounds == .init(any: 17, unseen: 1950))
    reach.saw(.init(any: 2900, unseen: nil, lastGiven: 3200), departed: begin + .seconds(22))
    #expect(reach.bounds == .init(any: 2201, unseen: 2201))
  }

  @Test func `looks that come often or seldom keep the ids that count`() {
    let often = SignalReach()
    for tenth in 0...300 {
      often.saw(
        .init(any: nil, unseen: nil, lastGiven: Int64(tenth)),
        departed: begin + .milliseconds(100 * tenth))
    }
    #expect(often.bounds == .init(any: 201, unseen: 201))
    let seldom = SignalReach()
    for look in 0...3 {
      seldom.saw(
        .init(any: nil, unseen: nil, lastGiven: Int64(look)), departed: begin + .seconds(15 * look))
    }
    #expect(seldom.bounds == .init(any: 3, unseen: 3))
  }

  @Test func `a look that left before signals came back, or before a later one, says nothing`() {
    let reach = SignalReach()
    for second in [0, 20] {
      reach.saw(.init(any: nil, unseen: nil, lastGiven: 100), departed: begin + .seconds(second))
    }
    #expect(reach.bounds == .init(any: 101, unseen: 101))
    reach.saw(.init(any: 5, unseen: 5, lastGiven: 100), departed: begin + .seconds(19))
    #expect(reach.bounds == .init(any: 101, unseen: 101))
    reach.forget(now: begin + .seconds(21))
    #expect(reach.bounds == .everything)
    reach.saw(.init(any: nil, unseen: nil, lastGiven: 100), departed: begin + .seconds(20.5))
    #expect(reach.bounds == .everything)
    reach.saw(.init(any: 7, unseen: nil, lastGiven: 100), departed: begin + .seconds(22))
    #expect(reach.bounds == .init(any: 7, unseen: 101))
  }

  @Test func `a server whose ids begin anew is looked at whole`() {
    let reach = SignalReach()
    for second in [0, 20] {
      reach.saw(.init(any: nil, unseen: nil, lastGiven: 100), departed: begin + .seconds(second))
    }
    reach.saw(.init(any: 3, unseen: nil, lastGiven: 40), departed: begin + .seconds(21))
    #expect(reach.bounds == .init(any: 0, unseen: 0))
    reach.saw(.init(any: 60, unseen: nil, lastGiven: 60), departed: begin + .seconds(32))
    #expect(reach.bounds == .init(any: 41, unseen: 41))
  }

  /// What a bounded claim, record and heartbeat of this worker read of the indexes of signals.
  @Test func `what is gone is not read again under a held snapshot`() async throws {
    let stage = try await Stage()
    let database = stage.database
    try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let run = try await stage.enqueue("w", 2)[0]
    try await stage.register(Self.worker)
    let held = try #require(try await stage.claim(2, by: Self.worker).first { $0.run == run })
    let holder = try await TestDatabase.open(database.url)
    try await holder.query("BEGIN ISOLATION LEVEL REPEATABLE READ")
    try await holder.query("SELECT count(*) FROM swell.signal")
    try await database.query(
      """
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
      SELECT gen_random_uuid(), 'child', 'a', '1', 'test', now() FROM generate_series(1, 20000);
      """)
    try await database.query("UPDATE swell.signal SET folded = true")
    try await database.query("DELETE FROM swell.signal")
    func claim(_ isUnbounded: Bool, from bounds: String) -> String {
      """
      SELECT signal_bounds FROM swell.claim_v1('\(Self.worker)', 0, 1, '{1}', '{0}', '{0}', 1, 16, 1,
        \(isUnbounded), false, true, '\(bounds)') WHERE run_id IS NULL
      """
    }
    #expect(try await database.scalar(claim(true, from: "{0,0}")) == "{0,0,20000}")
    // One that is there, and one that nobody has seen.
    try await database.query(
      """
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at, folded)
      VALUES ('\(run)', 'signal', 'x', '1', 'test', now(), true), ('\(run)', 'signal', 'x', '1', 'test', now(), false)
      """)
    #expect(try await database.scalar(claim(true, from: "{0,0}")) == "{20001,20002,20002}")
    func read() async throws -> Int {
      try await database.query("SELECT pg_stat_force_next_flush()")
      let rows = try await database.scalar(
        "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'signal'")
      return rows.flatMap { Int($0) } ?? 0
    }
    let before = try await read()
    #expect(try await database.scalar(claim(false, from: "{20001,20002}")) == nil)
    let heartbeat =
      "SELECT jsonb_array_length(signals) FROM swell.heartbeat_v1('\(Self.worker)', 'running', '{20001,20002}')"
    #expect(try await database.scalar(heartbeat) == "1")
    let empty = Array(repeating: "'{}'", count: 5 + 16 + 9 + 5).joined(separator: ", ")
    #expect(
      try await database.scalar(
        """
        SELECT jsonb_array_length(signals)
        FROM swell.record_v1('\(Self.worker)', 0, 1, ARRAY['\(run)']::uuid[], ARRAY[\(held.token)]::bigint[],
          '{0}', '{0}', '{NULL}', '{NULL}', '{NULL}', '{false}', \(empty), NULL, NULL, '{}', '{20001,20002}')
        """) == "1")
    #expect(try await read() - before < 100)
    // Nobody has to know where they begin: whoever does not say reads them all, and finds the same.
    try await database.query("UPDATE swell.signal SET folded = false")
    #expect(
      try await database.scalar(
        "SELECT jsonb_array_length(signals) FROM swell.heartbeat_v1('\(Self.worker)', 'running')")
        == "2")
    #expect(try await read() - before > 20000)
    for connection in [holder.connection, database.connection, stage.ledger.connection] {
      await connection.close()
    }
  }
}
