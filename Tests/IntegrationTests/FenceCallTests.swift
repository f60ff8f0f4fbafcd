import Foundation
import Swell
import SwellTesting
import Testing

/// `fence_v1`, the record in its transaction, and `confirm_v1`, as any client calls them.
@Suite(.serialized) struct FenceCallTests {
  static let worker = "0190c0de-0000-7000-8000-000000000001"

  /// A run that this worker holds: its id and its token.
  private static func held(on stage: Stage) async throws -> (run: String, token: String) {
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("w", 1)
    try await stage.register(worker)
    return try #require(try await stage.claim(10, by: worker).first)
  }

  private static func fence(_ run: String, _ token: String, recorder: Int = 0) -> String {
    "SELECT swell.fence_v1('\(worker)', \(recorder), '\(run)', \(token))"
  }

  /// The run's end, with the success of its node, without an epoch.
  private static func record(_ run: String, _ token: String) -> String {
    """
    SELECT lost, busy FROM swell.record_v1('\(worker)', 0, NULL,
      ARRAY['\(run)']::uuid[], ARRAY[\(token)]::bigint[], '{0}', '{2}', '{NULL}', '{NULL}', '{NULL}', '{false}',
      '{1}', '{succeeded}', ARRAY['1']::jsonb[], '{NULL}', '{1000}',
      '{1}', '{a}', '{0}', '{0}', '{true}', '{succeeded}', '{0}', '{1}', '{0}',
      '{NULL}', ARRAY['1']::jsonb[], '{NULL}', '{false}', '{NULL}', '{1000}', '{10}',
      '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', NULL, NULL, '{}')
    """
  }

  private static func confirm(_ run: String, _ token: String, attempt: Int = 1) -> String {
    "SELECT swell.confirm_v1('\(worker)', '\(run)', \(token), 'a', 0, 0, \(attempt))"
  }

  @Test func `only the holder passes, and its record goes with its transaction`() async throws {
    let stage = try await Stage()
    let (run, token) = try await Self.held(on: stage)
    let database = stage.database
    #expect(try await database.scalar(Self.fence(run, "\(token)0")) == "f")
    #expect(try await database.scalar(Self.fence(run, token, recorder: 1)) == "f")
    #expect(try await database.scalar(Self.fence(UUID().uuidString, token)) == "f")
    try await database.query("BEGIN")
    #expect(try await database.scalar(Self.fence(run, token)) == "t")
    try await database.query(Self.record(run, token))
    try await database.query("ROLLBACK")
    #expect(try await database.scalar(Self.confirm(run, token)) == "f")
    #expect(try await database.scalar("SELECT count(*) FROM swell.ready") == "1")
    try await database.query("BEGIN")
    #expect(try await database.scalar(Self.fence(run, token)) == "t")
    try await database.query(Self.record(run, token))
    try await database.query("COMMIT")
    #expect(try await database.scalar(Self.confirm(run, token)) == "t")
    #expect(try await database.scalar(Self.confirm(run, token, attempt: 2)) == "f")
    #expect(try await database.scalar(Self.confirm(run, "\(token)0")) == "f")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.end([]).isEmpty)
  }

  @Test(arguments: [
    "", "ROLLBACK; BEGIN", "COMMIT; BEGIN", "ROLLBACK AND CHAIN", "COMMIT AND CHAIN",
  ])
  func `a record without an epoch needs the transaction that was fenced`(ending: String)
    async throws
  {
    let stage = try await Stage()
    let (run, token) = try await Self.held(on: stage)
    try await stage.database.query("BEGIN")
    if !ending.isEmpty {
      #expect(try await stage.database.scalar(Self.fence(run, token)) == "t")
      try await stage.database.query(ending)
    }
    let error = await #expect(throws: PostgresError.self) {
      try await stage.database.query(Self.record(run, token))
    }
    #expect(error?.sqlState == "SW103")
    try await stage.database.query("ROLLBACK")
    #expect(try await stage.database.scalar("SELECT count(*) FROM swell.node") == "0")
    try await stage.database.query(
      "SELECT swell.release_v1('\(Self.worker)', 0, 1, ARRAY['\(run)']::uuid[], ARRAY[\(token)]::bigint[])"
    )
    #expect(try await stage.end([]).isEmpty)
  }

  @Test func `a fenced run is left alone by rescue, release, reconcile and others' records`()
    async throws
  {
    let stage = try await Stage()
    let (run, token) = try await Self.held(on: stage)
    let holder = try await TestDatabase.open(stage.database.url)
    try await holder.query("BEGIN")
    #expect(try await holder.scalar(Self.fence(run, token)) == "t")
    // None of them waits: each would fail with 57014.
    try await stage.database.query("SET statement_timeout = '2s'")
    try await stage.database.query(
      """
      UPDATE swell.worker SET heartbeat_at = heartbeat_at - interval '1 hour';
      SELECT * FROM swell.rescue_v1(gen_random_uuid(), ARRAY['\(Self.worker)']::uuid[], true, true, NULL);
      SELECT swell.release_v1('\(Self.worker)', 0, 1, ARRAY['\(run)']::uuid[], ARRAY[\(token)]::bigint[]);
      SELECT * FROM swell.reconcile_v1('\(Self.worker)', 0, 2, '{}', '{}');
      SELECT swell.cancel('\(run)', 'while fenced');
      """)
    #expect(
      try await stage.database.scalar(
        "SELECT claim_token = \(token) AND crashes = 0 AND claimed_by = '\(Self.worker)' FROM swell.ready"
      ) == "t")
    // The reconcile has raised the epoch: what is fenced goes through all the same, for nobody else
    // can have the run.
    try await holder.query(Self.record(run, token))
    // Whoever asks waits for the end of the transaction, and is told what came of it.
    let asked = try await TestDatabase.open(stage.database.url)
    let answer = Task { try await asked.scalar(Self.confirm(run, token)) }
    #expect(
      try await stage.database.eventually(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE query LIKE '%confirm_v1%' AND wait_event_type = 'Lock')"
      ))
    try await holder.query("COMMIT")
    #expect(try await answer.value == "t")
    #expect(try await stage.run(run, "state") == "succeeded")
    await holder.connection.close()
    await asked.connection.close()
    #expect(try await stage.end([]).isEmpty)
  }

  @Test func `signals of other runs are not told with a commit whose reply may be lost`()
    async throws
  {
    let stage = try await Stage()
    let (run, token) = try await Self.held(on: stage)
    try await stage.enqueue("w", 1)
    try await stage.database.query(
      """
      UPDATE swell.ready SET claimed_by = '\(Self.worker)', recorder = 0, claimed_at = clock_timestamp(), claim_token = 77
      WHERE claimed_by IS NULL;
      SELECT swell.cancel(run_id) FROM swell.ready WHERE claim_token = 77
      """)
    try await stage.database.query("BEGIN")
    try await stage.database.query(Self.fence(run, token))
    try await stage.database.query(Self.record(run, token))
    try await stage.database.query("COMMIT")
    #expect(
      try await stage.database.scalar("SELECT count(*) FROM swell.signal WHERE NOT folded") == "1")
    try await stage.database.query(
      "SELECT swell.release_v1('\(Self.worker)', 0, 1, array_agg(run_id), array_agg(claim_token)) FROM swell.ready"
    )
    #expect(try await stage.end([]).isEmpty)
  }
}
