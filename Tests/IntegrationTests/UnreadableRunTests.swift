import Foundation
import Swell
import SwellLocal
import SwellTesting
import Testing

/// Values that the server has lost: a claim that meets one fails, and nobody may stand still for that.
@Suite(.serialized) struct UnreadableRunTests {
  @Test func `a run that cannot be read is paused, and all others go on`() async throws {
    let server = try await PrivateServer.temporary()
    var stage = try await Stage(on: TestDatabase.make(on: server))
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.database.apply(
      "workflow: later\nnodes: {a: {handler: large}, b: {wait: {signal: go}, needs: a}, c: {handler: noop, needs: b}}"
    )
    let before = try stage.worker()
    let waiting = try await stage.enqueue("later", 2)
    let (second, third) = (waiting[0], waiting[1])
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 AND bool_and(claimed_by IS NULL AND wave > 0) FROM swell.ready"))
    before.signal(SIGTERM)
    #expect(await before.ended() == 0)
    // So large that it is stored apart from its row.
    let first = try #require(
      try await stage.database.scalar(
        """
        SELECT swell.enqueue('w', jsonb_build_object('x', (
          SELECT string_agg(md5(i::text), '') FROM generate_series(1, 3000) AS i)))
        """))
    // As large is what a child has said to the third one, which every claim looks at.
    try await stage.database.query(
      """
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
      SELECT '\(third)', 'child', 'b', jsonb_build_object('delay', 0, 'body', string_agg(md5(i::text), '')), 'a child', now()
      FROM generate_series(1, 3000) AS i
      """)
    let files = try await stage.database.query(
      """
      SELECT pg_relation_filepath(c.reltoastrelid) FROM pg_class AS c
      WHERE c.oid IN ((SELECT tableoid FROM swell.run WHERE run_id = '\(first)'),
        (SELECT tableoid FROM swell.signal),
        (SELECT tableoid FROM swell.node WHERE run_id = '\(second)' AND node_id = 'a'))
      """
    ).compactMap { $0[0] }
    #expect(files.count == 3)
    await stage.database.connection.close()
    try await server.halt(mode: .fast)
    for file in files { try Self.empty(server.dataDirectory + "/" + file) }
    try await server.startAgain()

    stage = try await Stage(on: TestDatabase.open(stage.database.url))
    // Before the worker comes: its first claim, which has no lanes yet, meets what was spoken to. Of two recorders one may
    // pass the other over, and find nothing.
    try await stage.database.query("SELECT swell.signal('\(second)', 'go')")
    try await stage.enqueue("w", 50)
    let worker = try stage.worker(["SWELL_TEST_RECORDERS": "1"])
    let paused = "SELECT count(*) = 3 FROM swell.ready WHERE paused IS NOT NULL"
    #expect(try await stage.database.eventually(paused, within: .seconds(30)))
    #expect(
      try await stage.database.eventually("SELECT count(*) = 3 FROM swell.ready"), "\(worker.log)")
    #expect(try await stage.states()["succeeded"] == 50)
    #expect(worker.log.contains("a run is paused: it cannot be read"))
    for run in [first, second, third] {
      let words = try await stage.database.scalar("SELECT swell.explain('\(run)')") ?? ""
      #expect(words.contains("It is paused") && words.contains("missing chunk"), "\(words)")
    }
    // Whoever gives it another value lets it go on.
    try await stage.database.query(
      """
      UPDATE swell.run SET input = '{}' WHERE run_id = '\(first)';
      UPDATE swell.node SET output = '{}' WHERE run_id IN ('\(second)', '\(third)') AND node_id = 'a';
      DELETE FROM swell.signal WHERE run_id = '\(third)';
      SELECT swell.resume('\(first)'), swell.resume('\(second)'), swell.resume('\(third)');
      SELECT swell.signal('\(third)', 'go');
      """)
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 53])
    #expect(try await stage.end([worker]).isEmpty)
    await server.stop()
  }

  @Test func `a run that its worker holds and that cannot be read any more stops nobody`()
    async throws
  {
    let server = try await PrivateServer.temporary()
    var stage = try await Stage(on: TestDatabase.make(on: server))
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.database.apply(
      "workflow: long\nnodes: {a: {handler: noop}, b: {handler: slow_effect, needs: a, input: {ms: 60000}}}"
    )
    let worker = try stage.worker(["SWELL_TEST_RECORDERS": "1"])
    let run = try await stage.enqueue("long")[0]
    #expect(
      try await stage.database.eventually(
        """
        SELECT count(*) = 1 FROM swell.ready AS r JOIN swell.node AS n USING (run_id)
        WHERE r.claimed_by IS NOT NULL AND n.state = 'succeeded'
        """))
    // More pages, so that the first one is not the one that the next row goes to.
    try await stage.enqueue("w", 300)
    #expect(try await stage.database.eventually("SELECT count(*) = 1 FROM swell.ready"))
    let row = try await stage.database.query(
      "SELECT pg_relation_filepath(tableoid), ctid FROM swell.node WHERE run_id = '\(run)'")[0]
    let file = try #require(row[0])
    #expect(row[1]?.hasPrefix("(0,") == true)
    await stage.database.connection.close()
    try await server.halt(mode: .fast)
    let handle = try FileHandle(
      forUpdating: URL(fileURLWithPath: server.dataDirectory + "/" + file))
    try handle.write(contentsOf: Data(repeating: 0xff, count: 24))
    try handle.close()
    try await server.startAgain()

    stage = try await Stage(on: TestDatabase.open(stage.database.url))
    try await stage.enqueue("w", 20)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 AND bool_and(paused IS NOT NULL AND run_id = '\(run)') FROM swell.ready",
        within: .seconds(40)), "\(worker.log)")
    #expect(
      try await stage.database.scalar("SELECT why FROM swell.audit WHERE run_id = '\(run)'")?
        .contains("invalid page") == true)
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0, "\(worker.log)")
    await stage.database.connection.close()
    await server.stop()
  }

  @Test func `what was said to a run that is held and cannot be read stops nobody`() async throws {
    let server = try await PrivateServer.temporary()
    var stage = try await Stage(on: TestDatabase.make(on: server))
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.database.apply(
      """
      workflow: long
      nodes:
        a: {handler: slow_effect, input: {ms: 15000}}
        b: {wait: {signal: go, timeout: 3s}}
        c: {handler: noop, needs: b}
      """)
    let worker = try stage.worker(["SWELL_TEST_RECORDERS": "1"])
    let run = try await stage.enqueue("long")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.node WHERE node_id = 'b' AND state = 'waiting'"))
    // Nothing is told meanwhile.
    worker.signal(SIGSTOP)
    try await stage.database.query(
      """
      INSERT INTO swell.signal (run_id, kind, name, payload, sender, created_at)
      SELECT '\(run)', 'signal', 'go', to_jsonb(string_agg(md5(i::text), '')), 'x', now() FROM generate_series(1, 3000) AS i
      """)
    let file = try #require(
      try await stage.database.scalar(
        "SELECT pg_relation_filepath(reltoastrelid) FROM pg_class WHERE oid = 'swell.signal'::regclass"
      ))
    await stage.database.connection.close()
    try await server.halt(mode: .fast)
    try Self.empty(server.dataDirectory + "/" + file)
    try await server.startAgain()
    worker.signal(SIGCONT)

    stage = try await Stage(on: TestDatabase.open(stage.database.url))
    try await stage.enqueue("w", 20)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 20 FROM swell.run WHERE state = 'succeeded'", within: .seconds(15)),
      "\(worker.log)")
    #expect(worker.log.contains("the database cannot read what was said to a run"))
    // What was said is not lost for that, and nothing has expired over it; the worker lives.
    let isWaiting = """
      SELECT state = 'waiting' AND EXISTS (SELECT FROM swell.ready WHERE run_id = '\(run)' AND claimed_by IS NOT NULL)
      FROM swell.node WHERE run_id = '\(run)' AND node_id = 'b'
      """
    #expect(try await stage.database.scalar(isWaiting) == "t")
    #expect(
      try await stage.database.eventually(
        "SELECT bool_and(heartbeat_at > now() - interval '1 second') FROM swell.worker",
        within: .seconds(5)))
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 AND bool_and(paused IS NOT NULL AND run_id = '\(run)') FROM swell.ready",
        within: .seconds(40)), "\(worker.log)")
    #expect(try await stage.node(run, "a", "state") == "succeeded")
    #expect(try await stage.node(run, "b", "state") == "waiting")
    try await stage.database.query(
      "UPDATE swell.signal SET payload = '7'; SELECT swell.resume('\(run)')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.node(run, "b", "output ->> 'payload'") == "7")
    #expect(try await stage.end([worker]) == [])
    await server.stop()
  }

  /// Fills a file with zeros, which are pages that nobody has used.
  private static func empty(_ path: String) throws {
    let size = try #require(
      FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
    ).intValue
    try #require(size > 0)
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.write(contentsOf: Data(count: size))
    try file.close()
  }
}
