import Foundation
import Swell
import SwellTesting
import Testing

/// `swell.count_circuit` and the table of cases that it shares with `CircuitRule`.
@Suite struct CircuitCountTests {
  @Test func `the circuit counts as its table says`() async throws {
    let database = try await TestDatabase.make()
    func time(_ second: Int?) -> String {
      second.map { "to_timestamp(\($0))" } ?? "NULL"
    }
    for (place, example) in CircuitCase.all.enumerated() {
      let name = "c\(place)"
      if example.before.failures > 0 {
        try await database.query(
          """
          INSERT INTO swell.circuit (circuit, consecutive_failures, opened_at, open_until, changed_at)
          VALUES ('\(name)', \(example.before.failures), \(time(example.before.openedAt)),
            \(time(example.before.openUntil)), to_timestamp(0))
          """)
      }
      try await database.query(
        """
        SELECT swell.count_circuit('\(name)', \(example.failures), \(example.succeeded),
          to_timestamp(\(example.now)))
        """)
      let row = try await database.query(
        """
        SELECT consecutive_failures, extract(epoch FROM opened_at)::integer,
          extract(epoch FROM open_until)::integer
        FROM swell.circuit WHERE circuit = '\(name)'
        """
      ).first
      let after = CircuitCase.State(
        failures: row?[0].flatMap { Int($0) } ?? 0, openedAt: row?[1].flatMap { Int($0) },
        openUntil: row?[2].flatMap { Int($0) })
      #expect(after == example.after, "\(example)")
    }
    await database.connection.close()
  }

  @Test func `what waited for a locked row is counted once`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes: {a: {handler: slow_fail, circuit: shaky, retry: {strategy: none}}}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 1500}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT claimed_by IS NOT NULL FROM swell.ready WHERE run_id = '\(run)'"))
    let locker = try await TestDatabase.open(stage.database.url)
    try await locker.query("BEGIN; SELECT FROM swell.ready WHERE run_id = '\(run)' FOR UPDATE")
    // Longer than several tries of the busy run.
    #expect(
      try await stage.database.eventually(
        "SELECT EXISTS (SELECT FROM swell.circuit WHERE circuit = 'shaky')"))
    for _ in 0..<5 { try await stage.database.query("SELECT pg_sleep(0.05)") }
    try await locker.query("COMMIT")
    #expect(try await stage.allEnded())
    #expect(
      try await stage.database.scalar("SELECT consecutive_failures FROM swell.circuit") == "1")
    await locker.connection.close()
    #expect(try await stage.end([worker]).isEmpty)
  }
}
