import Foundation
import Swell
import SwellTesting
import Testing

/// What applications do with plain SQL, right and wrong.
@Suite struct EnqueueTests {
  private func database() async throws -> TestDatabase {
    let database = try await TestDatabase.make()
    try await database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    return database
  }

  /// Runs SQL that must fail, and returns the error; afterwards nothing has changed.
  private func refusal(_ database: TestDatabase, _ sql: String) async throws -> PostgresError {
    let before = try await database.scalar("SELECT count(*) FROM swell.runs")
    var refused: PostgresError?
    do throws(PostgresError) {
      try await database.query(sql)
    } catch {
      refused = error
    }
    #expect(try await database.scalar("SELECT count(*) FROM swell.runs") == before)
    return try #require(refused, "nothing refused \(sql.prefix(80))")
  }

  @Test func `an input is 500 deep at most, as for the workers`() async throws {
    let database = try await database()
    let nested = { (depth: Int) in
      "SELECT swell.enqueue('w', (repeat('[', \(depth)) || '\"\(String(repeating: "x", count: 600))\"' || repeat(']', \(depth)))::jsonb)"
    }
    try await database.query(nested(500))
    let refused = try await refusal(database, nested(501))
    #expect(refused.sqlState == "SW002")
    #expect(refused.message.contains("500 deep"))
  }

  @Test func `a time that no deadline can follow is refused as one that is too late`() async throws
  {
    let database = try await database()
    try await database.apply("workflow: timed\ndeadline: 1h\nnodes: {a: {handler: noop}}")
    let refused = try await refusal(
      database, "SELECT swell.enqueue('timed', scheduled_at => '294276-12-31')")
    #expect(refused.sqlState == "SW002")
    #expect(refused.message.contains("10 years"))
  }

  @Test func `a run goes to the lane of its queue, and to everybody's while there is none`()
    async throws
  {
    let database = try await database()
    let lane = """
      SELECT l.queue, l.kinds, count(*) FROM swell.ready AS y JOIN swell.lane AS l ON l.lane = y.lane
      GROUP BY 1, 2 ORDER BY 1
      """
    try await database.query("SELECT swell.enqueue('w', queue => 'fast')")
    #expect(try await database.query(lane) == [["", "{}", "1"]])
    // Another workflow makes the lane.
    try await database.apply("workflow: other\nqueue: fast\nnodes: {a: {handler: noop}}")
    try await database.query(
      "SELECT swell.enqueue('w', queue => 'fast'), swell.enqueue('w'), swell.enqueue('w', queue => 'default', version => 1)"
    )
    #expect(
      try await database.query(lane) == [
        ["", "{}", "1"], ["default", "{handler:noop}", "2"], ["fast", "{handler:noop}", "1"],
      ])
    #expect(
      try await database.query("SELECT queue, count(*) FROM swell.run GROUP BY 1 ORDER BY 1")
        == [["default", "2"], ["fast", "2"]])
  }

  @Test func `an enqueue takes part in the caller's transaction`() async throws {
    let database = try await database()
    try await database.query("BEGIN; SELECT swell.enqueue('w', '{}'); ROLLBACK")
    #expect(try await database.scalar("SELECT count(*) FROM swell.runs") == "0")
    try await database.query("BEGIN; SELECT swell.enqueue('w', '{}'); COMMIT")
    let inserted = try await database.scalar(
      "INSERT INTO swell.runs (workflow, input) VALUES ('w', '{\"x\": 1}') RETURNING run_id")
    #expect(inserted != nil)
    #expect(
      try await database.query("SELECT swell.enqueue_many('w', ARRAY['1', '2', '3']::jsonb[])")
        .count == 3)
    #expect(try await database.scalar("SELECT count(*) FROM swell.runs") == "5")
    #expect(try await database.violations().isEmpty)
  }

  @Test func `a reused key gives the first run, and refuses another input`() async throws {
    let database = try await database()
    let call = "SELECT swell.enqueue('w', '{\"n\": 1}', idempotency_key => 'k')"
    let first = try await database.scalar(call)
    #expect(try await database.scalar(call) == first)
    let error = try await refusal(
      database, "SELECT swell.enqueue('w', '{\"n\": 2}', idempotency_key => 'k')")
    #expect(error.sqlState == "SW004")
    #expect(error.message.contains("'k'"))
  }

  @Test func `batches that are delivered again hold up nobody, in whatever order`() async throws {
    let database = try await database()
    let call = { (key: String) in "SELECT swell.enqueue('w', '1', idempotency_key => '\(key)')" }
    var ids: [String: String?] = [:]
    for key in ["a", "b", "c"] { ids[key] = try await database.scalar(call(key)) }
    let one = try await TestDatabase.open(database.url)
    let other = try await TestDatabase.open(database.url)
    for connection in [one, other] {
      try await connection.query("SET lock_timeout = '5s'; BEGIN")
    }
    // Each has what the other asks for next.
    #expect(try await one.scalar(call("a")) == ids["a"])
    #expect(try await other.scalar(call("b")) == ids["b"])
    #expect(try await one.scalar(call("b")) == ids["b"])
    #expect(try await other.scalar(call("a")) == ids["a"])
    #expect(try await one.scalar(call("c")) == ids["c"])
    #expect(try await other.scalar(call("c")) == ids["c"])
    for connection in [one, other] {
      try await connection.query("COMMIT")
      await connection.connection.close()
    }
    #expect(try await database.scalar("SELECT count(*) FROM swell.ready") == "3")
  }

  @Test func `a key is good for a day, and of two that come after it one is new`() async throws {
    let database = try await database()
    let call = "SELECT swell.enqueue('w', '1', idempotency_key => 'k')"
    try await database.freezeTime()
    let first = try await database.scalar(call)
    try await database.advanceTime("23 hours")
    #expect(try await database.scalar(call) == first)
    try await database.advanceTime("2 hours")
    let one = try await TestDatabase.open(database.url)
    let other = try await TestDatabase.open(database.url)
    try await one.query("BEGIN")
    let second = try await one.scalar(call)
    #expect(second != first)
    let later = Task { try await other.scalar(call) }
    #expect(
      try await database.eventually(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%swell.enqueue%'"
      ))
    try await one.query("COMMIT")
    #expect(try await later.value == second)
    #expect(try await database.scalar("SELECT count(*) FROM swell.ready") == "2")
    await one.connection.close()
    await other.connection.close()
  }

  @Test func `a queue shows what is due in it, with a lane or without`() async throws {
    let database = try await database()
    try await database.query("SELECT swell.enqueue('w', queue => 'named_by_nobody_else')")
    let paused = try #require(
      try await database.scalar("SELECT swell.enqueue('w', queue => 'resting')"))
    // As a claim leaves a run that is paused.
    try await database.query(
      "UPDATE swell.ready SET paused = lane, lane = 0 WHERE run_id = '\(paused)'")
    #expect(
      try await database.query(
        "SELECT queue, depth, due, oldest_due IS NULL FROM swell.queues ORDER BY queue")
        == [
          ["default", "0", "0", "t"], ["named_by_nobody_else", "1", "1", "f"],
          ["resting", "1", "0", "t"],
        ])
  }

  @Test func `what is sent again with its own run id and key is the same run`() async throws {
    let database = try await database()
    let id = try #require(try await database.scalar("SELECT swell.new_run_id()"))
    let call = "SELECT swell.enqueue('w', '1', idempotency_key => 'k', run_id => '\(id)')"
    #expect(try await database.scalar(call) == id)
    #expect(try await database.scalar(call) == id)
    let error = try await refusal(
      database, "SELECT swell.enqueue('w', '1', idempotency_key => 'other', run_id => '\(id)')")
    #expect(error.sqlState == "SW005")
    #expect(try await database.scalar("SELECT count(*) FROM swell.idempotency") == "1")
  }

  @Test func `of two who enqueue with one run id at the same time the later one is refused`()
    async throws
  {
    let database = try await database()
    let id = try #require(try await database.scalar("SELECT swell.new_run_id()"))
    let call = "SELECT swell.enqueue('w', run_id => '\(id)')"
    let one = try await TestDatabase.open(database.url)
    let other = try await TestDatabase.open(database.url)
    try await one.query("BEGIN")
    #expect(try await one.scalar(call) == id)
    let later = Task { () -> PostgresError? in
      do throws(PostgresError) {
        try await other.query(call)
        return nil
      } catch {
        return error
      }
    }
    #expect(
      try await database.eventually(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%\(id)%'"
      ))
    try await one.query("COMMIT")
    let error = try #require(await later.value)
    #expect(error.sqlState == "SW005", "\(error)")
    #expect(error.message.contains("exists already"))
    #expect(try await database.scalar("SELECT count(*) FROM swell.ready") == "1")
    await one.connection.close()
    await other.connection.close()
  }

  @Test(arguments: [
    ("SELECT swell.enqueue('wrong')", "SW001", "there is no workflow"),
    ("SELECT swell.enqueue(NULL)", "SW001", "NULL"),
    ("SELECT swell.enqueue('w', version => 9)", "SW001", "no version 9"),
    ("SELECT swell.enqueue('w', NULL)", "SW002", "input is NULL"),
    ("SELECT swell.enqueue('w', priority => 10)", "SW002", "priority"),
    ("SELECT swell.enqueue('w', queue => 'No Good')", "SW002", "queue"),
    ("SELECT swell.enqueue('w', tags => '[1]')", "SW002", "tags"),
    ("SELECT swell.enqueue('w', scheduled_at => 'infinity')", "SW002", "scheduled_at"),
    ("SELECT swell.enqueue('w', idempotency_key => '')", "SW002", "key"),
    ("SELECT swell.enqueue('w', run_id => gen_random_uuid())", "SW002", "UUIDv7"),
    (
      "SELECT swell.enqueue('w', run_id => '017f22e2-79b0-7cc3-98c4-dc0c0c07398f')", "SW002",
      "more than a day"
    ),
    ("SELECT swell.enqueue('w', '1e130000')", "SW002", "digits"),
    (
      "SELECT swell.enqueue_many('w', ARRAY['1', '1e130000']::jsonb[])", "SW002",
      "input number 2 has a number"
    ),
    ("SELECT swell.enqueue_many('w', ARRAY['1', NULL]::jsonb[])", "SW002", "NULL at place 2"),
    (
      "SELECT swell.enqueue('w', (repeat('[', 600) || repeat(']', 600))::jsonb)", "SW002",
      "nested"
    ),
    ("SELECT swell.enqueue('w', to_jsonb(repeat('x', 1048576)))", "SW003", "1048576"),
    (#"SELECT swell.enqueue('w', '"a\u0000b"')"#, "22P05", ""),
    (#"SELECT swell.enqueue('w', '"a\ud800b"')"#, "22P02", ""),
    (
      "SELECT swell.enqueue('w', (repeat('[', 20000) || repeat(']', 20000))::jsonb)", "54001", ""
    ),
    (#"SELECT swell.enqueue('w', convert_from('\xff'::bytea, 'UTF8')::jsonb)"#, "22021", ""),
    ("SELECT swell.cancel('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')", "SW007", "no run"),
    ("SELECT swell.retry('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')", "SW007", "no run"),
    ("SELECT swell.enqueue_many('w', ARRAY[ARRAY['1', '2']]::jsonb[])", "SW002", "dimensions"),
    ("INSERT INTO swell.runs (workflow, output) VALUES ('w', '1')", "SW002", "inserted with"),
    ("INSERT INTO swell.runs (workflow, waits_for) VALUES ('w', '{a}')", "SW002", "inserted with"),
  ])
  func `bad input is refused with a code and changes nothing`(
    sql: String, code: String, words: String
  ) async throws {
    let database = try await database()
    let error = try await refusal(database, sql)
    #expect(error.sqlState == code)
    if !words.isEmpty { #expect(error.message.contains(words)) }
    #expect(try await database.violations().isEmpty)
  }

  @Test func `only a failed or cancelled run can be retried, only a live one cancelled`()
    async throws
  {
    let database = try await database()
    let run = try await database.scalar("SELECT swell.enqueue('w')") ?? ""
    #expect(try await refusal(database, "SELECT swell.retry('\(run)')").sqlState == "SW005")
    try await database.query(
      """
      UPDATE swell.run SET state = 'failed', error = '{}', finished_at = now() WHERE run_id = '\(run)';
      DELETE FROM swell.ready
      """)
    #expect(try await refusal(database, "SELECT swell.cancel('\(run)')").sqlState == "SW005")
    try await database.query("SELECT swell.retry('\(run)', 'mended')")
    #expect(try await database.scalar("SELECT state FROM swell.runs") == "queued")
    #expect(try await database.scalar("SELECT why FROM swell.audit") == "mended")
    #expect(try await database.violations().isEmpty)
  }

  @Test(arguments: [
    ("swell_enqueuer", "SELECT swell.enqueue('w')", true),
    ("swell_enqueuer", "INSERT INTO swell.runs (workflow) VALUES ('w') RETURNING run_id", true),
    ("swell_enqueuer", "SELECT * FROM swell.runs", false),
    ("swell_enqueuer", "SELECT * FROM swell.run", false),
    ("swell_enqueuer", "SELECT swell.cancel(swell.new_run_id())", false),
    ("swell_worker", "SELECT * FROM swell.lanes_v1('{default}', '{x}')", true),
    ("swell_worker", "SELECT swell.maintain_v1('rows')", true),
    ("swell_worker", "SELECT * FROM swell.ready", false),
    ("swell_worker", "SELECT swell.enqueue('w')", false),
    ("swell_operator", "SELECT swell.enqueue('w')", true),
    ("swell_operator", "SELECT * FROM swell.runs", true),
    ("swell_operator", "DELETE FROM swell.run", false),
    ("swell_reader", "SELECT * FROM swell.workers", true),
    ("swell_reader", "SELECT * FROM swell.run_timeline", true),
    ("swell_reader", "SELECT * FROM swell.queues", true),
    ("swell_reader", "SELECT * FROM swell.run", false),
    ("swell_reader", "SELECT swell.enqueue('w')", false),
    ("public_only", "SELECT swell.new_run_id()", false),
  ])
  func `each role can do what it needs and no more`(
    role: String, sql: String, allowed: Bool
  ) async throws {
    let database = try await database()
    if role == "public_only" {
      try await database.query(
        "DO $$ BEGIN CREATE ROLE public_only; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
      )
    }
    var code: String?
    do throws(PostgresError) {
      try await database.query("SET ROLE \(role); \(sql)")
    } catch {
      code = error.sqlState
    }
    #expect(code == (allowed ? nil : "42501"))
  }
}
