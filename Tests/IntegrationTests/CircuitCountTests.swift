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

  /// A record of what runs saw of the circuit `c`: nothing else of them changes.
  private static func record(
    _ runs: [(run: String, token: String)], saw: [(run: Int, failures: Int, succeeded: Bool)]
  ) -> String {
    func array<T>(_ values: [T], _ type: String) -> String {
      "ARRAY[\(values.map { "'\($0)'" }.joined(separator: ", "))]::\(type)[]"
    }
    let none = runs.map { _ in "NULL" }.joined(separator: ", ")
    let zeros = array(runs.map { _ in 0 }, "integer")
    let empty = Array(repeating: "'{}'", count: 5 + 16 + 9).joined(separator: ", ")
    return """
      SELECT lost, busy FROM swell.record_v1('\(worker)', 0, 1, \(array(runs.map(\.run), "uuid")),
        \(array(runs.map(\.token), "bigint")), \(zeros), \(zeros)::smallint[], '{\(none)}', '{\(none)}', '{\(none)}',
        \(array(runs.map { _ in false }, "boolean")), \(empty), \(array(saw.map { _ in "c" }, "text")),
        \(array(saw.map(\.run), "integer")), \(array(saw.map(\.failures), "integer")),
        \(array(saw.map(\.succeeded), "boolean")), '{}', NULL, NULL, '{}')
      """
  }

  private static let worker = "00000000-0000-0000-0000-0000000000c1"

  @Test func `a claim that is gone counts nothing, and the others by their order`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop, circuit: c}}")
    try await stage.enqueue("w", 3)
    try await stage.register(Self.worker)
    let held = try await stage.claim(3, by: Self.worker)
    try #require(held.count == 3)
    let failures = "SELECT consecutive_failures FROM swell.circuit"
    let opened = "SELECT open_until IS NOT NULL FROM swell.circuit"

    // Whoever was stopped and has lost all it held opens nothing,
    let gone = held.map { (run: $0.run, token: "1\($0.token)") }
    let refused = try await stage.database.query(
      Self.record(gone, saw: [(1, 3, false), (2, 3, false), (3, 3, false)]))
    #expect(refused.first?[0]?.split(separator: ",").count == 3)
    #expect(try await stage.database.scalar("SELECT count(*) FROM swell.circuit") == "0")
    // and of one that has lost a part, the rest counts.
    let mixed = [held[0], gone[1], held[2]]
    try await stage.database.query(
      Self.record(mixed, saw: [(1, 2, false), (2, 40, false), (3, 2, false)]))
    #expect(try await stage.database.scalar(failures) == "4")
    try await stage.database.query(Self.record(mixed, saw: [(1, 1, false)]))
    #expect(try await stage.database.scalar(failures) == "5")
    #expect(try await stage.database.scalar(opened) == "t")
    // Nor does it close one.
    try await stage.database.query(Self.record(mixed, saw: [(2, 0, true)]))
    #expect(try await stage.database.scalar(failures) == "5")
    // What came before a success is forgotten, also where the success is another run's.
    try await stage.database.query(
      Self.record(mixed, saw: [(1, 7, false), (3, 1, true), (1, 2, false)]))
    #expect(try await stage.database.scalar(failures) == "3")
    #expect(try await stage.database.scalar(opened) == "f")
    try await stage.database.query(Self.record(mixed, saw: [(1, 1, false), (3, 0, true)]))
    #expect(try await stage.database.scalar(failures) == "0")
    await stage.database.connection.close()
  }

  @Test func `a circuit that a clock which was ahead has opened is tried at once`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop, circuit: c}}")
    try await stage.database.query(
      """
      INSERT INTO swell.circuit (circuit, consecutive_failures, opened_at, open_until, changed_at)
      VALUES ('c', 5, now() + interval '1 hour', now() + interval '1 hour 30 seconds', now() + interval '1 hour')
      """)
    let worker = try stage.worker()
    try await stage.enqueue("w")
    #expect(try await stage.allEnded(within: .seconds(15)))
    #expect(try await stage.states() == ["succeeded": 1])
    #expect(
      try await stage.database.scalar("SELECT state FROM swell.circuits WHERE circuit = 'c'")
        == "closed")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `what waited for a locked row is counted once`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes: {a: {handler: slow_fail, circuit: shaky, retry: {strategy: none}}}
      """)
    let worker = try stage.worker(["SWELL_TEST_LOG": "info"])
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 1500}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT claimed_by IS NOT NULL FROM swell.ready WHERE run_id = '\(run)'"))
    let locker = try await TestDatabase.open(stage.database.url)
    try await locker.query("BEGIN; SELECT FROM swell.ready WHERE run_id = '\(run)' FOR UPDATE")
    // Longer than several tries of the busy run; it counts with its rows.
    #expect(await worker.says("a run's row is locked by somebody"), "\(worker.log)")
    for _ in 0..<5 { try await stage.database.query("SELECT pg_sleep(0.05)") }
    #expect(try await stage.database.scalar("SELECT count(*) FROM swell.circuit") == "0")
    try await locker.query("COMMIT")
    #expect(try await stage.allEnded())
    #expect(
      try await stage.database.scalar("SELECT consecutive_failures FROM swell.circuit") == "1")
    await locker.connection.close()
    #expect(try await stage.end([worker]).isEmpty)
  }
}
