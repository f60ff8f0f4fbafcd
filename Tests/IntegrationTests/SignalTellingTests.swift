import Swell
import SwellTesting
import Testing

/// What a record tells of the signals of the runs that its recorder holds.
@Suite struct SignalTellingTests {
  private static let worker = "0190c0de-0000-7000-8000-00000000000b"

  /// The record of a run that goes on, with nothing to store: how many signals it tells of which run, and `+` where it says
  /// that there are more.
  private static func told(_ run: String, _ token: String) -> String {
    let empty = Array(repeating: "'{}'", count: 5 + 16 + 9 + 5).joined(separator: ", ")
    return """
      SELECT s ->> 'run', count(*) FILTER (WHERE s ->> 'kind' <> 'more') || CASE WHEN bool_or(s ->> 'kind' = 'more') THEN '+' ELSE '' END,
        array_agg((s ->> 'id')::bigint ORDER BY place) = array_agg((s ->> 'id')::bigint ORDER BY (s ->> 'id')::bigint)
      FROM swell.record_v1('\(worker)', 0, 1, ARRAY['\(run)']::uuid[], ARRAY[\(token)]::bigint[],
        '{0}', '{0}', '{NULL}', '{NULL}', '{NULL}', '{false}', \(empty), NULL, NULL, '{}') AS r,
        jsonb_array_elements(r.signals) WITH ORDINALITY AS x(s, place)
      GROUP BY 1 ORDER BY count(*) DESC
      """
  }

  /// Two runs that this worker holds, with their tokens, and one that nobody does.
  private static func held(on stage: Stage) async throws -> (
    held: [(run: String, token: String)], free: String
  ) {
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let runs = try await stage.enqueue("w", 3)
    try await stage.register(worker)
    let claimed = try await stage.claim(2, by: worker)
    try #require(claimed.count == 2)
    let free = runs.first { run in !claimed.contains { $0.run == run } }
    return (claimed, try #require(free))
  }

  private static func send(_ count: Int, to run: String, payload: String, on stage: Stage)
    async throws
  {
    try await stage.database.query(
      """
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
      SELECT '\(run)', 'child', 'a', \(payload), 'swell', now() FROM generate_series(1, \(count)) AS n
      """)
  }

  @Test func `the oldest thousand of its own runs, each once, and the others with the next`()
    async throws
  {
    let stage = try await Stage()
    let (held, free) = try await Self.held(on: stage)
    let small = #"jsonb_build_object('item', n, 'state', 'succeeded', 'body', n)"#
    try await Self.send(5, to: free, payload: small, on: stage)
    try await Self.send(1500, to: held[0].run, payload: small, on: stage)
    try await Self.send(3, to: held[1].run, payload: small, on: stage)
    try await stage.database.query("SELECT swell.cancel('\(held[1].run)')")
    let record = Self.told(held[1].run, held[1].token)
    // The cancel waits for none of them.
    #expect(
      try await stage.database.query(record)
        == [[held[0].run, "1000+", "t"], [held[1].run, "1+", "t"]])
    #expect(
      try await stage.database.scalar(
        "SELECT max(signal_id) FILTER (WHERE folded) < min(signal_id) FILTER (WHERE NOT folded) FROM swell.signal WHERE run_id = '\(held[0].run)'"
      ) == "t")
    #expect(
      try await stage.database.query(record)
        == [[held[0].run, "500", "t"], [held[1].run, "3", "t"]])
    #expect(try await stage.database.query(record) == [])
    #expect(
      try await stage.database.query(
        "SELECT run_id, count(*) FROM swell.signal WHERE NOT folded GROUP BY 1") == [[free, "5"]])
    await stage.database.connection.close()
    await stage.ledger.connection.close()
  }

  @Test func `four mebibytes at most, and one however large it is`() async throws {
    let stage = try await Stage()
    let (held, _) = try await Self.held(on: stage)
    // Hexadecimal digits of hashes hardly become smaller when they are stored.
    let large =
      "(SELECT jsonb_build_object('body', string_agg(md5(i::text), '')) FROM generate_series(1, %) AS i)"
    try await Self.send(7, to: held[0].run, payload: large.replacing("%", with: "40000"), on: stage)
    let record = Self.told(held[1].run, held[1].token)
    for count in ["3+", "3+"] {
      #expect(try await stage.database.query(record) == [[held[0].run, count, "t"]])
    }
    #expect(try await stage.database.query(record) == [[held[0].run, "1", "t"]])
    try await Self.send(
      2, to: held[0].run, payload: large.replacing("%", with: "200000"), on: stage)
    for count in ["1+", "1"] {
      #expect(try await stage.database.query(record) == [[held[0].run, count, "t"]])
    }
    #expect(try await stage.database.query(record) == [])
    // Small where they are stored, and large in a reply; a claim brings as many.
    let folding = "jsonb_build_object('body', repeat('a', 900000))"
    try await Self.send(320, to: held[0].run, payload: folding, on: stage)
    #expect(
      try await stage.database.scalar(
        "SELECT jsonb_array_length(swell.signals_of('\(held[0].run)')) < 350") == "t")
    for count in ["100+", "100+", "100+", "20"] {
      #expect(try await stage.database.query(record) == [[held[0].run, count, "t"]])
    }
    // What is compressed and small comes by the thousand.
    let small = "jsonb_build_object('body', repeat('a', 4000))"
    try await Self.send(300, to: held[0].run, payload: small, on: stage)
    #expect(try await stage.database.query(record) == [[held[0].run, "300", "t"]])
    await stage.database.connection.close()
    await stage.ledger.connection.close()
  }

  /// Each version of the row is one more to read for every call while somebody holds a snapshot.
  @Test func `heartbeats that follow each other at once write one version of their worker`()
    async throws
  {
    let stage = try await Stage()
    try await stage.register(Self.worker)
    let version = "SELECT ctid, xmin FROM swell.worker WHERE worker_id = '\(Self.worker)'"
    let first = try await stage.database.query(version)
    func beat(_ state: String) async throws -> String? {
      try await stage.database.scalar(
        "SELECT known FROM swell.heartbeat_v1('\(Self.worker)', '\(state)')")
    }
    #expect(try await beat("running") == "t")
    #expect(try await stage.database.query(version) == first)
    // What is news, or old, is written.
    #expect(try await beat("draining") == "t")
    let second = try await stage.database.query(version)
    #expect(second != first)
    try await stage.database.query(
      "UPDATE swell.worker SET heartbeat_at = swell.now() - interval '2 seconds'")
    let third = try await stage.database.query(version)
    #expect(try await beat("draining") == "t")
    #expect(try await stage.database.query(version) != third)
    try await stage.database.query("UPDATE swell.worker SET state = 'dead'")
    #expect(try await beat("running") == "f")
    for connection in [stage.database.connection, stage.ledger.connection] {
      await connection.close()
    }
  }

  @Test func `a heartbeat tells a cancel behind signals that nobody waits for`() async throws {
    let stage = try await Stage()
    let (held, _) = try await Self.held(on: stage)
    let beat = """
      SELECT s ->> 'run', s ->> 'kind', count(*), min(s -> 'payload' ->> 'reason')
      FROM swell.heartbeat_v1('\(Self.worker)', 'running') AS h, jsonb_array_elements(h.signals) AS s
      GROUP BY 1, 2 ORDER BY 3 DESC, 2
      """
    try await stage.database.query(
      """
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
      SELECT '\(held[0].run)', 'signal', 'unheard', to_jsonb(n), 'x', now() FROM generate_series(1, 150) AS n;
      SELECT swell.cancel('\(held[0].run)', 'first');
      SELECT swell.cancel('\(held[0].run)', 'second')
      """)
    #expect(
      try await stage.database.query(beat)
        == [[held[0].run, "signal", "100", nil], [held[0].run, "cancel", "1", "first"]])
    // What is large and nobody waits for keeps no other run's message back.
    let large =
      "(SELECT to_jsonb(string_agg(md5(i::text), '')) FROM generate_series(n, 1900 + n) AS i)"
    try await stage.database.query(
      """
      DELETE FROM swell.signal;
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
      SELECT '\(held[0].run)', 'signal', 'unheard', \(large), 'x', now() FROM generate_series(1, 150) AS n;
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
      VALUES ('\(held[0].run)', 'answer', 'a', 'true', 'x', now()), ('\(held[1].run)', 'signal', 'b', '1', 'x', now())
      """)
    let told = try await stage.database.query(beat)
    #expect(told.count == 3)
    #expect(told.first.flatMap { $0[2] }.flatMap { Int($0) }.map { (60..<75).contains($0) } == true)
    #expect(
      Set(told.dropFirst().map { $0[0] ?? "" }) == [held[0].run, held[1].run], "\(told)")
    // Large ones one by one, and what people want besides.
    try await stage.database.query(
      """
      DELETE FROM swell.signal;
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
      SELECT '\(held[1].run)', 'child', 'a', (SELECT jsonb_build_object('body', string_agg(md5(i::text), '')) FROM generate_series(n, 10000 + n) AS i), 'x', now()
      FROM generate_series(1, 4) AS n;
      SELECT swell.pause('\(held[1].run)');
      SELECT swell.resume('\(held[1].run)');
      SELECT swell.cancel('\(held[1].run)')
      """)
    #expect(
      try await stage.database.query(beat) == [
        [held[1].run, "cancel", "1", nil], [held[1].run, "child", "1", nil],
        [held[1].run, "resume", "1", nil],
      ])
    await stage.database.connection.close()
    await stage.ledger.connection.close()
  }
}
