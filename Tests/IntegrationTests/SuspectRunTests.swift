import Foundation
import Swell
import SwellTesting
import Testing

/// Runs that have lost two workers: what kills beside them would take their last one.
@Suite struct SuspectRunTests {
  private static let worker = "11111111-1111-4111-8111-111111111111"

  @Test func `a claim brings them alone, and says that some are due`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let runs = try await stage.enqueue("w", 8).sorted()
    try await stage.register(Self.worker)
    for (run, crashes) in zip(runs, [0, 1, 2, 2, 3, 1, 2]) {
      try await stage.database.query(
        "UPDATE swell.ready SET crashes = \(crashes) WHERE run_id = '\(run)'")
    }
    let words = try await stage.database.scalar("SELECT swell.explain('\(runs[2])')") ?? ""
    #expect(
      words.hasPrefix("2 of its workers died in a row;") && words.contains("takes it alone"),
      "\(words)")
    func claim(_ limit: Int, once: Int, twice: Int) async throws -> [[String?]] {
      try await stage.database.query(
        """
        SELECT run_id, crashes FROM swell.claim_v1('\(Self.worker)', 0, 1,
          ARRAY(SELECT DISTINCT lane FROM swell.ready), '{0}', '{0}', \(limit), \(once), \(twice), false, false, false)
        ORDER BY run_id NULLS LAST
        """)
    }
    // Alone: neither those that have lost more nor fresh ones.
    #expect(try await claim(0, once: 0, twice: 1) == [[runs[2], "2"], [nil, nil]])
    #expect(
      try await claim(1, once: 1, twice: 0) == [
        [runs[0], "0"], [runs[1], "1"], [runs[4], "3"], [nil, "2"],
      ])
    #expect(try await claim(0, once: 0, twice: 1) == [[runs[3], "2"], [nil, nil]])
    // Nor does one come beside one that has lost one worker, whoever asks for both.
    #expect(try await claim(0, once: 1, twice: 1) == [[nil, nil]])
    #expect(
      try await claim(1, once: 1, twice: 1) == [[runs[5], "1"], [runs[7], "0"], [nil, nil]])
    #expect(try await claim(1, once: 16, twice: 1) == [[runs[6], "2"], [nil, nil]])
    await stage.database.connection.close()
    await stage.ledger.connection.close()
  }

  @Test func `one is executed alone while others come and go`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let worker = try stage.worker()
    try await stage.enqueue("w", 4, input: #"{"ms": 1500}"#)
    #expect(try await stage.workersRunning(1))
    try await stage.database.query("BEGIN")
    let suspect = try await stage.enqueue("w", input: #"{"ms": 700}"#)[0]
    try await stage.database.query(
      "UPDATE swell.ready SET crashes = 2 WHERE run_id = '\(suspect)'")
    try await stage.database.query("COMMIT")
    var others = 4
    var after = 0
    while after < 5, others < 600 {
      try await stage.enqueue("w", input: #"{"ms": 200}"#)
      others += 1
      try await Task.sleep(for: .milliseconds(30))  // sleeps: a steady load
      if try await stage.run(suspect, "state") == "succeeded" { after += 1 }
    }
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.states() == ["succeeded": others + 1])
    let beside = try await stage.database.query(
      """
      SELECT o.started_at - s.started_at, o.finished_at - s.started_at, s.finished_at - s.started_at
      FROM swell.node AS s JOIN swell.node AS o ON o.run_id <> s.run_id
      WHERE s.run_id = '\(suspect)' AND (o.started_at, o.finished_at) OVERLAPS (s.started_at, s.finished_at)
      """)
    #expect(beside.isEmpty, "\(beside)")
    let around = try await stage.database.query(
      """
      SELECT count(*) FILTER (WHERE o.started_at < s.started_at) > 4, count(*) FILTER (WHERE o.started_at > s.finished_at) > 0
      FROM swell.node AS s JOIN swell.node AS o ON o.run_id <> s.run_id WHERE s.run_id = '\(suspect)'
      """)
    #expect(around == [["t", "t"]])
    #expect(try await stage.end([worker]) == [])
  }

  @Test(arguments: [1, 2])
  func `one whose row somebody has locked keeps no other one waiting`(concurrency: Int)
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let suspects = try await stage.enqueue("w", 2, input: #"{"ms": 100}"#)
    try await stage.database.query("UPDATE swell.ready SET crashes = 2")
    let other = try await TestDatabase.open(stage.database.url)
    try await other.query("BEGIN")
    try await other.query("SELECT FROM swell.ready FOR UPDATE")
    let worker = try stage.worker([
      "SWELL_TEST_CONCURRENCY": "\(concurrency)", "SWELL_TEST_RECORDERS": "1",
    ])
    try await stage.enqueue("w", 20, input: #"{"ms": 100}"#)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 20 FROM swell.run WHERE state = 'succeeded'", within: .seconds(30)),
      "\(worker.log)")
    try await other.query("COMMIT")
    #expect(try await stage.allEnded(), "\(worker.log)")
    for run in suspects { #expect(try await stage.run(run, "state") == "succeeded") }
    await other.connection.close()
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `one that takes long keeps nobody from starting after its first moments`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    try await stage.enqueue("w", 2, input: #"{"ms": 13000}"#)
    try await stage.database.query("UPDATE swell.ready SET crashes = 2")
    let worker = try stage.worker()
    #expect(
      try await stage.ledger.eventually("SELECT count(*) = 1 FROM effect", within: .seconds(10)),
      "\(worker.log)")
    try await stage.enqueue("w", 3, input: #"{"ms": 10}"#)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 3 FROM swell.run WHERE state = 'succeeded'", within: .seconds(20)))
    #expect(
      try await stage.database.scalar(
        "SELECT bool_and(n.started_at > r.claimed_at + interval '9 seconds') FROM swell.node AS n, swell.ready AS r WHERE r.claimed_by IS NOT NULL"
      ) == "t")
    // One at a time.
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.ready WHERE claimed_by IS NOT NULL")
        == "1")
    #expect(try await stage.end([worker]) == [])
  }
}
