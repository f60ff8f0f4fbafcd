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

  /// A look that takes 10 ms.
  private func look(
    _ reach: SignalReach, at second: Double, from start: Int64 = 0, unseen: Int64? = nil,
    given: Int64
  ) {
    let left = begin + .seconds(second)
    reach.saw(
      .init(firstUnseen: unseen, lastGiven: given), from: start, left: left,
      returned: left + .milliseconds(10))
  }

  @Test func `ids that were given a moment ago may be committed still`() {
    let reach = SignalReach()
    #expect(reach.from == 0)
    for look in 0...2 { self.look(reach, at: Double(look), given: Int64(1000 + 100 * look)) }
    // The reply with the first one came ten milliseconds after the look had left.
    #expect(reach.from == 0)
    look(reach, at: 3, given: 1300)
    #expect(reach.from == 1001)
    look(reach, at: 4, unseen: 17, given: 1400)
    #expect(reach.from == 17)
    look(reach, at: 5, unseen: 1250, given: 1500)
    #expect(reach.from == 1201)
  }

  @Test func `looks that come often, seldom or take long keep the ids that count`() {
    let often = SignalReach()
    for tenth in 0...300 { look(often, at: Double(tenth) / 10, given: Int64(tenth)) }
    #expect((276...280).contains(often.from))
    let seldom = SignalReach()
    for number in 0...3 { look(seldom, at: Double(15 * number), given: Int64(number)) }
    #expect(seldom.from == 3)
    let slow = SignalReach()
    slow.saw(
      .init(firstUnseen: nil, lastGiven: 5), from: 0, left: begin, returned: begin + .seconds(10))
    look(slow, at: 11, given: 6)
    #expect(slow.from == 0)
    look(slow, at: 12.5, given: 7)
    #expect(slow.from == 6)
  }

  @Test func `a look that left before signals came back says nothing`() {
    let reach = SignalReach()
    for second in [0.0, 20] { look(reach, at: second, given: 100) }
    #expect(reach.from == 101)
    reach.forget(now: begin + .seconds(21), isElsewhere: false)
    #expect(reach.from == 0)
    look(reach, at: 20.5, given: 100)
    #expect(reach.from == 0)
    look(reach, at: 22, unseen: 7, given: 100)
    #expect(reach.from == 7)
    look(reach, at: 22.5, from: 7, given: 100)
    #expect(reach.from == 101)
    // Of another server it is not known either which ids were given a while ago.
    reach.forget(now: begin + .seconds(23), isElsewhere: true)
    for second in [24.0, 25] { look(reach, at: second, given: 100) }
    #expect(reach.from == 0)
    look(reach, at: 27, given: 100)
    #expect(reach.from == 101)
  }

  /// Two recorders look at once, one of them at everything, which takes longer.
  @Test func `what was committed late is found though others look from above it`() {
    let reach = SignalReach()
    for second in [0.0, 20] { look(reach, at: second, given: 100) }
    // Overtaken by a look from 101 on, which has seen nothing.
    look(reach, at: 21.01, from: 101, given: 100)
    look(reach, at: 21, unseen: 5, given: 100)
    #expect(reach.from == 5)
    look(reach, at: 21.02, from: 101, given: 100)
    #expect(reach.from == 5)
    look(reach, at: 21.03, from: 5, unseen: 5, given: 100)
    #expect(reach.from == 5)
    look(reach, at: 21.04, from: 5, given: 100)
    #expect(reach.from == 101)
    // Nor does an older look at everything, which comes back last.
    look(reach, at: 21.06, unseen: 5, given: 100)
    look(reach, at: 21.05, given: 100)
    #expect(reach.from == 5)
  }

  @Test func `looks that overtake each other are not taken for another server`() {
    let reach = SignalReach()
    for second in [0.0, 20] { look(reach, at: second, given: 100) }
    reach.saw(
      .init(firstUnseen: nil, lastGiven: 130), from: 101, left: begin + .seconds(21),
      returned: begin + .seconds(21.04))
    look(reach, at: 21.01, from: 101, given: 110)
    #expect(reach.from == 101)
  }

  @Test func `a server whose ids begin anew is looked at whole`() {
    let reach = SignalReach()
    for second in [0.0, 20] { look(reach, at: second, given: 100) }
    look(reach, at: 21, unseen: 3, given: 40)
    #expect(reach.from == 0)
    look(reach, at: 32, unseen: 60, given: 60)
    #expect(reach.from == 41)
  }

  @Test func `a cancel whose transaction took seconds reaches the worker that holds the run`()
    async throws
  {
    let stage = try await Stage()
    let database = stage.database
    try await database.apply("workflow: w\nnodes: {a: {handler: sleep, input: {ms: 60000}}}")
    try await database.apply("workflow: other\nnodes: {a: {wait: {signal: x}}}")
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    let other = try #require(
      try await database.scalar(
        "SELECT swell.enqueue('other', scheduled_at => swell.now() + interval '1 hour')"))
    #expect(
      try await database.eventually(
        "SELECT count(*) = 1 FROM swell.runs WHERE state = 'running' AND run_id = '\(run)'"),
      "\(worker.log)")
    let slow = try await TestDatabase.open(database.url)
    try await slow.query("BEGIN")
    try await slow.query("SELECT swell.cancel('\(run)')")
    for _ in 0..<12 {
      try await database.query("SELECT swell.signal('\(other)', 'x')")
      // sleeps: ids that come later have been settled for a while
      try await Task.sleep(for: .milliseconds(400))
    }
    try await slow.query("COMMIT")
    #expect(
      try await database.eventually(
        "SELECT state = 'cancelled' FROM swell.run WHERE run_id = '\(run)'", within: .seconds(10)),
      "\(worker.log)")
    try await database.query("SELECT swell.cancel('\(other)')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    await slow.connection.close()
    #expect(try await stage.end([worker]).isEmpty)
  }

  /// Somebody with other bounds has folded what was committed late: a claim brings it all the same, and the end of its
  /// run takes it away.
  @Test func `what was folded by somebody else comes with its run, wherever looks begin`()
    async throws
  {
    let stage = try await Stage()
    let database = stage.database
    try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let run = try await stage.enqueue("w")[0]
    try await stage.register(Self.worker)
    try await database.query("SELECT swell.cancel('\(run)')")
    // For no runs: it folds.
    try await database.query(
      "SELECT count(*) FROM swell.claim_v1('\(Self.worker)', 0, 1, '{1}', '{0}', '{0}', 0, 16, 1, true, false, true)"
    )
    #expect(try await database.scalar("SELECT count(*) FROM swell.signal WHERE folded") == "1")
    let claimed = try await database.query(
      """
      SELECT claim_token, signals -> 0 ->> 'kind'
      FROM swell.claim_v1('\(Self.worker)', 0, 1, '{1}', '{0}', '{0}', 10, 16, 1, false, false, true, 1000)
      WHERE run_id IS NOT NULL
      """)
    #expect(claimed.map { $0[1] } == ["cancel"])
    let empty = Array(repeating: "'{}'", count: 16 + 9 + 5).joined(separator: ", ")
    try await database.query(
      """
      SELECT lost FROM swell.record_v1('\(Self.worker)', 0, 1, ARRAY['\(run)']::uuid[],
        ARRAY[\(claimed[0][0] ?? "")]::bigint[], '{0}', '{2}', '{NULL}', '{NULL}', '{NULL}', '{false}',
        '{1}', '{cancelled}', '{NULL}', '{NULL}', '{NULL}', \(empty), NULL, NULL, '{}', 1000)
      """)
    #expect(try await stage.run(run, "state") == "cancelled")
    #expect(try await database.scalar("SELECT count(*) FROM swell.signal") == "0")
    #expect(try await stage.end([]).isEmpty)
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
    func claim(_ isUnbounded: Bool, from: Int) -> String {
      """
      SELECT first_unseen, last_given FROM swell.claim_v1('\(Self.worker)', 0, 1, '{1}', '{0}', '{0}', 1, 16, 1,
        \(isUnbounded), false, true, \(from)) WHERE run_id IS NULL
      """
    }
    #expect(try await database.query(claim(true, from: 0)) == [[nil, "20000"]])
    // One that is there, and one that nobody has seen.
    try await database.query(
      """
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at, folded)
      VALUES ('\(run)', 'signal', 'x', '1', 'test', now(), true), ('\(run)', 'signal', 'x', '1', 'test', now(), false)
      """)
    #expect(try await database.query(claim(true, from: 0)) == [["20002", "20002"]])
    let before = try await stage.indexEntriesRead(of: "signal")
    #expect(try await database.query(claim(false, from: 20002)) == [["20002", "20002"]])
    let heartbeat =
      "SELECT jsonb_array_length(signals) FROM swell.heartbeat_v1('\(Self.worker)', 'running', 20002)"
    #expect(try await database.scalar(heartbeat) == "1")
    let empty = Array(repeating: "'{}'", count: 5 + 16 + 9 + 5).joined(separator: ", ")
    #expect(
      try await database.scalar(
        """
        SELECT jsonb_array_length(signals)
        FROM swell.record_v1('\(Self.worker)', 0, 1, ARRAY['\(run)']::uuid[], ARRAY[\(held.token)]::bigint[],
          '{0}', '{0}', '{NULL}', '{NULL}', '{NULL}', '{false}', \(empty), NULL, NULL, '{}', 20002)
        """) == "1")
    #expect(try await stage.indexEntriesRead(of: "signal") - before < 100)
    // Nobody has to know where they begin: whoever does not say reads them all, and finds the same.
    try await database.query("UPDATE swell.signal SET folded = false")
    #expect(
      try await database.scalar(
        "SELECT jsonb_array_length(signals) FROM swell.heartbeat_v1('\(Self.worker)', 'running')")
        == "2")
    #expect(try await stage.indexEntriesRead(of: "signal") - before > 20000)
    for connection in [holder.connection, database.connection, stage.ledger.connection] {
      await connection.close()
    }
  }
}
