import Foundation
import Swell
import SwellTesting
import Testing

/// More queues than a worker searches whole each time.
@Suite(.serialized) struct ManyLanesTests {
  @Test func `a run in any of many lanes, at any priority, is found, and the highest first`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: doze}}")
    // The lanes of these queues are made by those who enqueue into lane 1 first.
    try await stage.database.query(
      """
      INSERT INTO swell.lane (queue, kinds)
      SELECT 'q' || i, '{handler:doze}' FROM generate_series(1, 300) AS i
      """)
    let worker = try stage.worker(["SWELL_TEST_CONCURRENCY": "1"])
    #expect(try await stage.workersRunning(1))
    // While it is idle: found at once by the notification.
    let first = try #require(
      try await stage.database.scalar(
        "SELECT swell.enqueue('w', '{\"ms\": 1}', queue => 'q77', priority => 4)"))
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'succeeded' FROM swell.runs WHERE run_id = '\(first)'", within: .seconds(5))
    )
    // Under a backlog: one in each lane, and an urgent one in a lane and priority of its own.
    try await stage.database.query(
      """
      SELECT swell.enqueue('w', '{"ms": 20}', queue => 'q' || i, priority => i % 3)
      FROM generate_series(1, 250) AS i
      """)
    #expect(try await stage.database.eventually("SELECT count(*) > 10 FROM swell.node"))
    let urgent = try #require(
      try await stage.database.scalar(
        "SELECT swell.enqueue('w', '{\"ms\": 1}', queue => 'q299', priority => 9)"))
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 252])
    #expect(
      try await stage.database.scalar(
        """
        SELECT count(*) > 100 FROM swell.node
        WHERE started_at > (SELECT started_at FROM swell.node WHERE run_id = '\(urgent)')
        """) == "t")
    // The higher priorities came before the lower ones, but for what was held already.
    #expect(
      try await stage.database.scalar(
        """
        SELECT count(*) < 15 FROM swell.run AS low JOIN swell.node AS l ON l.run_id = low.run_id
        WHERE low.priority = 0 AND low.queue <> 'q299' AND l.started_at < (
          SELECT max(h.started_at) FROM swell.node AS h JOIN swell.run AS high ON high.run_id = h.run_id
          WHERE high.priority = 2)
        """) == "t")
    #expect(try await stage.end([worker]).isEmpty)
  }

  /// A deployment in progress: its transaction has made a lane, and stays open.
  @Test(arguments: [["noop,echo"], ["noop", "echo"]])
  func `an open transaction that has made a lane stops nobody who needs it`(
    _ handlers: [String]
  ) async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: noop}, b: {handler: echo, needs: [a]}}")
    try await stage.database.apply("workflow: other\nnodes: {a: {handler: noop}}")
    let deployer = try await TestDatabase.open(stage.database.url)
    try await deployer.query(
      """
      BEGIN;
      SELECT swell.apply_definition('x', '{"workflow": "x", "nodes": {"a": {"handler": "echo"}}}', 'default', NULL,
        '{handler:echo}', '{handler:echo}')
      """)
    var workers: [WorkerProcess] = []
    for names in handlers { workers.append(try stage.worker(["SWELL_TEST_HANDLERS": names])) }
    #expect(try await stage.workersRunning(handlers.count))
    try await stage.enqueue("w", 20)
    try await stage.enqueue("other", 20)
    #expect(try await stage.allEnded(within: .seconds(10)))
    #expect(try await stage.states() == ["succeeded": 40])
    for worker in workers { #expect(!worker.log.contains("has no database")) }
    try await deployer.query("ROLLBACK")
    await deployer.connection.close()
    #expect(try await stage.end(workers).isEmpty)
  }
}
