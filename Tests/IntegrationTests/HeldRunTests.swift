import Foundation
import Swell
import SwellTesting
import Testing

/// What comes to a run while a node of it is in flight, so that nobody claims it.
@Suite struct HeldRunTests {
  private static let isSlowInFlight =
    "SELECT NOT EXISTS (SELECT FROM swell.node WHERE node_id = 'slow') AND EXISTS (SELECT FROM swell.ready WHERE claimed_by IS NOT NULL)"

  /// A run that waits for an answer for two seconds, beside a node that takes so many milliseconds. Its worker is pooled:
  /// a signal is told with the next record or heartbeat.
  private static func asked(
    slow milliseconds: Int
  ) async throws -> (stage: Stage, worker: WorkerProcess, run: String) {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        slow: {handler: slow_effect, input: {ms: \(milliseconds)}}
        review: {approval: {title: "May it?", timeout: 2s}}
      """)
    let worker = try stage.worker(["SWELL_TEST_POOLED": "1"])
    let run = try await stage.enqueue("w")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = 'review' AND state = 'waiting'"))
    return (stage, worker, run)
  }

  @Test func `an answer that was given in time counts, though nobody has told it by then`()
    async throws
  {
    let (stage, worker, run) = try await Self.asked(slow: 5000)
    try await stage.database.query(
      """
      DO $$
      BEGIN
        PERFORM pg_sleep(extract(epoch FROM n.scheduled_at - swell.now()) - 0.2) FROM swell.node AS n WHERE n.node_id = 'review';
        PERFORM swell.approve('\(run)', 'review');
      END $$
      """)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = 'review' AND state <> 'waiting'"))
    #expect(try await stage.database.scalar(Self.isSlowInFlight) == "t")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.node(run, "review", "output ->> 'approved'") == "true")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `an answer that somebody has locked is asked for now and then, and counts`()
    async throws
  {
    let (stage, worker, run) = try await Self.asked(slow: 6000)
    // Behind so many others that a heartbeat does not tell it.
    try await stage.database.query(
      """
      BEGIN;
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
      SELECT '\(run)', 'answer', 'nobody' || i, 'true', 'x', now() FROM generate_series(1, 150) AS i;
      SELECT swell.approve('\(run)', 'review');
      COMMIT;
      """)
    try await stage.database.query(
      """
      BEGIN;
      SELECT count(*) FROM (SELECT FROM swell.signal FOR UPDATE) AS s;
      SELECT pg_sleep(extract(epoch FROM n.scheduled_at - swell.now()) + 0.2) FROM swell.node AS n WHERE n.node_id = 'review'
      """)
    let last = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    let before = try await stage.database.scalar(last).flatMap { Int($0) } ?? 0
    try await stage.database.query("SELECT pg_sleep(1)")
    let after = try await stage.database.scalar(last).flatMap { Int($0) } ?? .max
    try await stage.database.query("COMMIT")
    #expect((1..<50).contains(after - before))
    #expect(try await stage.database.scalar(Self.isSlowInFlight) == "t")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.node(run, "review", "output ->> 'approved'") == "true")
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `an answer counts whose transaction took long, though everybody looks further up`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        slow: {handler: slow_effect}
        review: {approval: {title: "May it?", timeout: 4400ms}}
      """)
    let worker = try stage.worker(["SWELL_TEST_CONCURRENCY": "100", "SWELL_TEST_POOLED": "1"])
    for _ in 0..<16 {
      try await stage.enqueue("w", input: #"{"ms": 7000}"#)
      // sleeps: their times are up one after the other
      try await Task.sleep(for: .milliseconds(60))
    }
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 16 FROM swell.run_nodes WHERE node_id = 'review' AND state = 'waiting'"))
    let person = try await TestDatabase.open(stage.database.url)
    try await person.query("BEGIN; SELECT swell.approve(run_id, 'review') FROM swell.run")
    let first = "SELECT min(scheduled_at) FROM swell.node WHERE node_id = 'review'"
    #expect(
      try await stage.database.eventually(
        "SELECT clock_timestamp() > (\(first)) - interval '200 milliseconds'"))
    try await person.query("COMMIT")
    let inTime = try await stage.database.query(
      "SELECT run_id FROM swell.node WHERE node_id = 'review' AND scheduled_at > clock_timestamp()")
    #expect(inTime.count > 1)
    #expect(try await stage.allEnded(), "\(worker.log)")
    let ended = try await stage.database.query(
      "SELECT run_id FROM swell.run WHERE state = 'succeeded'")
    #expect(
      Set(inTime).isSubset(of: Set(ended)), "\(inTime.count) in time, \(ended.count) succeeded")
    await person.connection.close()
    #expect(try await stage.end([worker]) == [])
  }

  @Test func `an approval that nobody answers expires while another node is in flight`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        slow: {handler: slow_effect, input: {ms: 4000}}
        review: {approval: {title: "May it?", timeout: 1s}, then: [early], otherwise: [late]}
        early: {handler: noop, needs: review}
        late: {handler: effect, needs: review}
      """)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = 'late' AND state = 'succeeded'"),
      "\(worker.log)")
    #expect(try await stage.database.scalar(Self.isSlowInFlight) == "t")
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.end([worker]) == [])
  }

  @Test
  func `ends of children that a claim does not bring along are told while a node is in flight`()
    async throws
  {
    let stage = try await Stage()
    // Nobody serves their queue.
    try await stage.database.apply(
      "workflow: child\nqueue: elsewhere\nnodes: {work: {handler: noop}}")
    try await stage.database.apply(
      """
      workflow: parent
      nodes:
        each: {map: {over: "${{ lists.range(150) }}", concurrency: 150}, call: child}
        gate: {wait: {signal: go}, then: [slow]}
        slow: {handler: slow_effect, input: {ms: 20000}}
      """)
    let worker = try stage.worker(["SWELL_TEST_QUEUES": "default"])
    let parent = try await stage.enqueue("parent")[0]
    #expect(
      try await stage.database.eventually(
        """
        SELECT count(*) = 151 AND bool_and(claimed_by IS NULL AND (run_id = '\(parent)' OR lane > 1)) FROM swell.ready
        """), "\(worker.log)")
    // So large, also when they are compressed, that a claim brings along a hundred of them.
    try await stage.database.query(
      """
      BEGIN;
      DELETE FROM swell.ready WHERE run_id <> '\(parent)';
      UPDATE swell.run SET state = 'succeeded', finished_at = swell.now(),
        output = jsonb_build_object('text', repeat('x', 2000) || (SELECT string_agg(md5(run_id::text || i), '') FROM generate_series(1, 120) AS i))
      WHERE parent = '\(parent)';
      SELECT swell.tell_parents(array_agg(run_id), '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', swell.now())
      FROM swell.run WHERE parent = '\(parent)';
      -- Nothing of them was ever executed.
      UPDATE swell.run SET state = 'cancelled' WHERE parent = '\(parent)';
      SELECT swell.signal('\(parent)', 'go');
      COMMIT
      """)
    let isTold = try await stage.database.eventually(
      "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = 'each' AND item = 0 AND state = 'succeeded'",
      within: .seconds(15))
    let left = try await stage.database.query(
      "SELECT kind, folded, count(*) FROM swell.signal GROUP BY 1, 2")
    #expect(isTold, "\(left) \(worker.log.suffix(800))")
    let rows = try await stage.database.query(
      "SELECT node_id, state, error FROM swell.run_nodes WHERE run_id = '\(parent)' AND item = 0")
    #expect(try await stage.database.scalar(Self.isSlowInFlight) == "t", "\(rows)")
    try await stage.database.query("SELECT swell.cancel('\(parent)', 'seen')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    let broken = try await stage.end([worker])
    #expect(broken.isEmpty, "\(broken)")
  }

  @Test func `what is said after a failover counts, whatever ids were given before`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        ask: {wait: {signal: go}}
        slow: {handler: slow_effect, input: {ms: 60000}}
        then: {needs: ask, handler: echo, input: "${{ nodes.ask.payload }}"}
      """)
    #expect(try await stage.database.scalar("SELECT swell.timeline()") == "1")
    try await stage.database.query(Stage.changeableTimeline)
    let worker = try stage.worker()
    let run = try await stage.enqueue("w")[0]
    #expect(try await stage.database.eventually(Self.isSlowInFlight), "\(worker.log)")
    try await stage.database.query("SELECT swell.pause('\(run)')")
    // sleeps: the worker is told of it meanwhile, which nothing in the tables says
    try await Task.sleep(for: .seconds(2))
    // As after a failover to a standby that has not got this signal: the next one has its id.
    try await stage.database.query(
      """
      BEGIN;
      DELETE FROM swell.signal;
      SELECT setval('swell.signal_signal_id_seq', 1, false);
      SELECT setval('swell.test_timeline', 2, true);
      SELECT swell.signal('\(run)', 'go', '"now"');
      COMMIT;
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database();
      """)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = 'then' AND state = 'succeeded'",
        within: .seconds(20)), "\(worker.log)")
    #expect(try await stage.node(run, "then", "output #>> '{}'") == "now")
    #expect(try await stage.database.scalar(Self.isSlowInFlight) == "t")
    try await stage.database.query("SELECT swell.cancel('\(run)')")
    #expect(try await stage.allEnded(within: .seconds(20)), "\(worker.log)")
    #expect(worker.log.contains("another one, and may not have got all of it"))
    #expect(try await stage.end([worker]) == [])
  }

  @Test(.enabled(if: PooledSuite.isOff, "a pooled recorder has no session of its own"))
  func `a transaction that was open over a failover stores nothing`() async throws {
    let booking = try await BookingStage(
      "workflow: w\nnodes: {pay: {handler: slow_book, input: {ms: 6000}}}")
    let stage = booking.stage
    try await stage.database.query(Stage.changeableTimeline)
    let worker = try stage.worker(["SWELL_TEST_RECORDERS": "1"])
    let run = try await stage.enqueue("w")[0]
    let open =
      "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
    #expect(try await stage.database.eventually(open), "\(worker.log)")
    // The recorder's session breaks, and what it finds then is another server; that of the transaction lives on.
    try await stage.database.query(
      """
      SELECT setval('swell.test_timeline', 2);
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle' AND query ~ 'record_v1|claim_v1|reconcile_v1';
      """)
    #expect(try await stage.allEnded(within: .seconds(40)), "\(worker.log)")
    #expect(worker.log.contains("another one, and may not have got all of it"), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await booking.bookings() == 1)
    #expect(try await stage.end([worker]) == [])
  }

  @Test
  func `a run goes on by the tables when they have forgotten what its worker was told is stored`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes: {work: {handler: echo, input: {twice: 14}}}\nqueue: later")
    try await stage.database.apply(
      """
      workflow: parent
      nodes:
        ask: {call: child}
        slow: {handler: slow_effect, input: {ms: 4000}}
      """)
    try await stage.database.query(Stage.changeableTimeline)
    let worker = try stage.worker(["SWELL_TEST_QUEUES": "default"])
    let parent = try await stage.enqueue("parent")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = 'ask' AND state = 'waiting'"),
      "\(worker.log)")
    #expect(try await stage.database.scalar(Self.isSlowInFlight) == "t")
    // As after a failover to a standby that had not got the last commits.
    try await stage.database.query(
      """
      BEGIN;
      DELETE FROM swell.ready WHERE run_id <> '\(parent)';
      DELETE FROM swell.run WHERE parent = '\(parent)';
      DELETE FROM swell.node WHERE node_id = 'ask';
      SELECT setval('swell.test_timeline', 2, true);
      COMMIT;
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database();
      """)
    let other = try stage.worker(["SWELL_TEST_QUEUES": "later"])
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(parent, "state") == "succeeded")
    #expect(try await stage.node(parent, "ask", "output ->> 'twice'") == "14")
    #expect(worker.log.contains("the database has lost some of what it had stored of it"))
    #expect(try await stage.end([worker, other]) == [])
  }
}
