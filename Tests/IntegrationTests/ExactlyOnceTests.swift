import Foundation
import Swell
import SwellTesting
import Testing

/// Effects in Swell's own database that are there exactly as often as their nodes have succeeded.
@Suite(.serialized) struct ExactlyOnceTests {
  @Test func `effect and success are one commit, for sinks, items and handlers`() async throws {
    let booking = try await BookingStage()
    let stage = booking.stage
    try await stage.enqueue("w", 40)
    let worker = try stage.worker()
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.states() == ["succeeded": 40])
    #expect(try await booking.bookings() == 40 * 5)
    #expect(try await booking.unequal() == [])
    #expect(try await stage.database.scalar("SELECT max(attempt) FROM swell.node") == "1")
    // In the same transaction: the effect's row and the node's have the same xmin.
    #expect(
      try await stage.database.scalar(
        """
        SELECT bool_and(n.xmin = b.xmin) FROM swell.node AS n
        JOIN booking AS b ON b.key = concat_ws('/', n.run_id, n.node_id, n.item, n.iteration)
        """) == "t")
    #expect(
      try await stage.database.scalar("SELECT output::text FROM swell.node WHERE node_id = 'hand'")
        == #"{"booked": true}"#)
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a worker killed at any point leaves as many effects as successes`() async {
    let points = [
      "in_transaction:1", "in_transaction:20", "before_transaction_commit:1",
      "before_transaction_commit:30", "after_transaction_commit:1", "after_transaction_commit:25",
      "after_effect:10", "before_commit:3", "after_commit:3",
    ]
    await atTheSameTime(points) { try await Self.isWhole(after: $0) }
  }

  private static func isWhole(after point: String) async throws {
    let booking = try await BookingStage()
    let stage = booking.stage
    try await stage.enqueue("w", 20)
    let victim = try stage.worker([
      "SWELL_TEST_FAULT": "\(point):kill", "SWELL_TEST_CONCURRENCY": "40",
    ])
    #expect(await victim.ended() == 128 + SIGKILL, "\(point)")
    #expect(try await booking.unequal() == [], "\(point)")
    let heir = try stage.worker()
    #expect(try await stage.allEnded(), "\(point): \(heir.log)")
    #expect(try await stage.states() == ["succeeded": 20], "\(point)")
    #expect(try await booking.unequal() == [], "\(point)")
    #expect(try await stage.end([victim, heir]).isEmpty, "\(point)")
  }

  @Test func `killed at random moments under load, no effect is lost or doubled`() async throws {
    let seed = UInt64.random(in: 0..<UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let booking = try await BookingStage()
    let stage = booking.stage
    var workers = [try stage.worker(["SWELL_TEST_CONCURRENCY": "60"])]
    let heir = try stage.worker(["SWELL_TEST_CONCURRENCY": "60"])
    #expect(try await stage.workersRunning(2))
    try await stage.enqueue("w", 200)
    for _ in 0..<4 {
      let effects = Int.random(in: 1..<250, using: &generator)
      _ = try await stage.database.eventually(
        "SELECT count(*) >= \(effects) OR NOT EXISTS (SELECT FROM swell.ready) FROM booking")
      workers[workers.count - 1].signal(SIGKILL)
      workers.append(try stage.worker(["SWELL_TEST_CONCURRENCY": "60"]))
    }
    #expect(try await stage.allEnded(within: .seconds(90)), "seed \(seed)")
    #expect(try await stage.states() == ["succeeded": 200], "seed \(seed)")
    #expect(try await booking.unequal() == [], "seed \(seed)")
    #expect(try await stage.end(workers + [heir]) == [], "seed \(seed)")
  }

  @Test func `what fails in the transaction has no effect, and is tried again or not`()
    async throws
  {
    let booking = try await BookingStage(
      #"""
      workflow: w
      defaults: {retry: {strategy: fixed, delay: 10ms, maxRetries: 5}}
      nodes:
        fails: {handler: book_and_fail, optional: true}
        declines: {handler: book_or_decline}
        large: {handler: book_large, optional: true}
        commits: {handler: book_and_commit, optional: true}
        sets: {handler: book_and_set, optional: true}
        twice: {handler: book_twice, optional: true}
        other_type: {handler: book_other_type, optional: true}
        typed: {handler: book_typed}
        throws: {handler: book_then_throw}
        unique:
          sink: sql
          optional: true
          with: {exactlyOnce: true, query: "INSERT INTO once VALUES (1)"}
        deferred:
          sink: sql
          optional: true
          with: {exactlyOnce: true, query: "INSERT INTO later VALUES (1)"}
        ends: {sink: sql, optional: true, with: {exactlyOnce: true, query: "DO $$ BEGIN INSERT INTO once VALUES (2); COMMIT; END $$"}}
        nul: {sink: sql, optional: true, with: {exactlyOnce: true, query: "INSERT INTO once VALUES (3) RETURNING '\"\\u0000\"'::json AS x"}}
      """#)
    let stage = booking.stage
    try await stage.database.query(
      """
      CREATE TABLE once (id int CONSTRAINT only_once PRIMARY KEY); INSERT INTO once VALUES (1);
      CREATE TABLE later (id int CONSTRAINT only_later UNIQUE DEFERRABLE INITIALLY DEFERRED);
      INSERT INTO later VALUES (1)
      """)
    let run = try await stage.enqueue("w")[0]
    let worker = try stage.worker()
    #expect(try await stage.allEnded(), "\(worker.log)")
    func error(_ node: String) async throws -> String? {
      try await stage.node(
        run, node, "concat_ws(' ', error ->> 'kind', error ->> 'code', attempt)")
    }
    #expect(try await error("fails") == "validation no_booking 3")
    #expect(try await stage.node(run, "declines", "output") == #""declined""#)
    #expect(try await error("large") == "tooLarge tooLarge 1")
    #expect(try await error("commits") == "definition transaction_control 1")
    #expect(try await error("sets") == "definition session_state 1")
    #expect(try await error("twice") == "definition second_transaction 1")
    #expect(try await error("other_type") == "definition transaction_output 1")
    #expect(try await error("unique") == "validation sqlstate_23505 1")
    // Found at the commit, when the success was stored already: that is undone with it.
    #expect(try await error("deferred") == "validation sqlstate_23505 1")
    #expect(
      try await stage.node(run, "deferred", "error -> 'context' -> 'metadata' ->> 'constraint'")
        == "only_later")
    #expect(try await error("ends") == "definition sqlstate_2D000 1")
    #expect(try await error("nul")?.hasPrefix("serialization ") == true)
    // Whatever the handler does after its transaction, the node has succeeded.
    #expect(try await stage.node(run, "throws", "state || attempt") == "succeeded1")
    #expect(worker.log.contains("a handler failed after its transaction"))
    #expect(
      try await stage.database.scalar("SELECT string_agg(key, ' ' ORDER BY key) FROM booking")
        == "\(run)/throws/0/0 \(run)/typed/0/0")
    #expect(try await stage.database.scalar("SELECT count(*) FROM once") == "1")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `the circuit of an effect sees its failures and its success`() async throws {
    let booking = try await BookingStage(
      #"""
      workflow: w
      defaults: {retry: {strategy: fixed, delay: 20ms, maxRetries: 3}}
      nodes:
        a:
          sink: sql
          circuit: bank
          with:
            exactlyOnce: true
            query: "INSERT INTO booking (key) SELECT $1 FROM third_time_lucky()"
            parameters: ["${{ run.id }}/a/0/0"]
      """#)
    let stage = booking.stage
    try await stage.database.query(
      """
      CREATE SEQUENCE public.tries;
      CREATE FUNCTION public.third_time_lucky() RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('public.tries') < 3 THEN RAISE EXCEPTION 'not yet' USING ERRCODE = '40001'; END IF;
      END $$;
      CREATE TABLE public.seen (failures int);
      CREATE FUNCTION public.see() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO public.seen VALUES (NEW.consecutive_failures); RETURN NULL; END $$;
      CREATE TRIGGER see AFTER UPDATE ON swell.circuit FOR EACH ROW EXECUTE FUNCTION public.see()
      """)
    let run = try await stage.enqueue("w")[0]
    let worker = try stage.worker()
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.node(run, "a", "state || attempt") == "succeeded3")
    #expect(
      try await stage.database.scalar("SELECT string_agg(failures::text, ' ') FROM public.seen")
        == "1 2 0")
    #expect(try await booking.unequal() == [])
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `other nodes of the run are stored before and after, and items take turns`()
    async throws
  {
    let booking = try await BookingStage(
      #"""
      workflow: w
      nodes:
        each:
          map: {over: "${{ lists.range(40) }}", concurrency: 40}
          sink: sql
          with:
            exactlyOnce: true
            query: "INSERT INTO booking (key) SELECT $1 FROM pg_sleep(0.05)"
            parameters: ["${{ run.id }}/each/${{ index + 1 }}/0"]
        chain: {loop: {until: "${{ iteration >= 20 }}"}, handler: effect}
      """#)
    let stage = booking.stage
    let run = try await stage.enqueue("w")[0]
    let worker = try stage.worker(["SWELL_TEST_LOG": "info"])
    // Iterations are stored between items: neither waits for all of the other.
    #expect(
      try await stage.database.eventually(
        """
        SELECT count(*) = 20 AND (SELECT count(*) < 40 FROM booking) FROM swell.node
        WHERE node_id = 'chain' AND iteration > 0
        """), "\(worker.log)")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await booking.bookings() == 40)
    #expect(try await booking.unequal().filter { !$0.contains("chain") } == [])
    // While a transaction of a run is open, no record of it is sent.
    #expect(!worker.log.contains("row is locked by somebody"), "\(worker.log)")
    // One at a time: no effect was made before the one before it was stored.
    #expect(
      try await stage.database.scalar(
        """
        SELECT bool_and(gap >= interval '50 milliseconds') FROM (
          SELECT at - lag(at) OVER (ORDER BY at) AS gap FROM booking) AS x
        """) == "t")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `items that take turns leave the database to the nodes of others`() async throws {
    let booking = try await BookingStage(
      #"""
      workflow: w
      nodes:
        each:
          map: {over: "${{ lists.range(60) }}", concurrency: 60}
          sink: sql
          with:
            exactlyOnce: true
            query: "INSERT INTO booking (key) SELECT $1 FROM pg_sleep(0.1)"
            parameters: ["${{ run.id }}/each/${{ index + 1 }}/0"]
      """#)
    let stage = booking.stage
    try await stage.database.apply(
      "workflow: other\nnodes: {pay: {sink: sql, with: {query: INSERT INTO booking (key) VALUES ('other')}}}"
    )
    let worker = try stage.worker()
    try await stage.enqueue("w")
    #expect(
      try await stage.database.eventually("SELECT count(*) > 0 FROM booking"), "\(worker.log)")
    let other = try await stage.enqueue("other")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'succeeded' FROM swell.runs WHERE run_id = '\(other)'"), "\(worker.log)")
    #expect(try await booking.bookings() < 25)
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await booking.bookings() == 61)
    #expect(try await stage.end([worker]).isEmpty)
  }
}
