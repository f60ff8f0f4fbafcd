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
}
