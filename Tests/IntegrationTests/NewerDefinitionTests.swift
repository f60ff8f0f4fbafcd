import Foundation
import Swell
import SwellTesting
import Testing

/// Definitions that a worker cannot read, since a newer Swell has applied them: their runs are left to those that can.
@Suite struct NewerDefinitionTests {
  private static let older = ["SWELL_TEST_FAULT": "read_definition:1:refuse"]
  private static let parent = """
    workflow: parent
    nodes:
      before: {handler: effect}
      ask: {call: child, needs: before}
      after: {handler: effect, needs: ask}
    """
  private static let asks =
    "SELECT count(*) = 1 FROM swell.run_nodes WHERE node_id = 'ask' AND state = 'waiting'"

  @Test func `a worker of an older version leaves runs as they are, and says so`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes:\n  work: {wait: {signal: go}}\n")
    try await stage.database.apply(Self.parent)
    let newer = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    #expect(try await stage.database.eventually(Self.asks), "\(newer.log)")
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 AND bool_and(claimed_by IS NULL AND claim_token > 0) FROM swell.ready"),
      "\(newer.log)")
    newer.signal(SIGTERM)
    #expect(await newer.ended() == 0)

    let older = try stage.worker(Self.older)
    let fresh = try await stage.enqueue("parent")[0]
    try await stage.database.query(
      "SELECT swell.signal(run_id, 'go') FROM swell.runs WHERE parent = '\(run)'")
    let nodes =
      "SELECT string_agg(node_id || state || attempt, ' ' ORDER BY node_id) FROM swell.node"
    let before = try await stage.database.scalar(nodes)
    // Each is claimed once at least, and given back. In one statement with what the views show of them then: the next
    // claim is not far.
    let left = """
      SELECT count(*) = 3 AND bool_and(claimed_by IS NULL AND claim_token > 0 AND crashes = 0 AND scheduled_at > now())
        AND (SELECT string_agg(state, ' ' ORDER BY state) FROM swell.runs) = 'queued waiting waiting'
      FROM swell.ready
      """
    #expect(try await stage.database.eventually(left), "\(older.log)")
    #expect(try await stage.database.scalar(nodes) == before)
    let words = try await stage.database.scalar("SELECT swell.explain('\(fresh)')") ?? ""
    #expect(
      words.contains("could not read its definition") && words.contains("refused by a test")
        && words.contains("It is scheduled for"), "\(words)")
    // Once of each version, however often it meets them.
    let token =
      try await stage.database.scalar(
        "SELECT claim_token FROM swell.ready WHERE run_id = '\(fresh)'") ?? ""
    #expect(
      try await stage.database.eventually(
        "SELECT claim_token > \(token) FROM swell.ready WHERE run_id = '\(fresh)'"))
    #expect(
      try await stage.database.query(
        "SELECT after ->> 'workflow', count(*) FROM swell.audit WHERE what = 'leave' GROUP BY 1 ORDER BY 1"
      )
        == [["child", "1"], ["parent", "1"]])
    #expect(
      older.log.components(separatedBy: "left to workers of another version").count == 3,
      "\(older.log)")

    await older.destroy()
    let again = try stage.worker()
    try await stage.database.query(
      "SELECT swell.signal(run_id, 'go') FROM swell.runs WHERE parent = '\(fresh)'")
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 2 FROM swell.runs WHERE parent IS NOT NULL", within: .seconds(40)),
      "\(again.log)")
    try await stage.database.query(
      "SELECT swell.signal(run_id, 'go') FROM swell.runs WHERE parent = '\(fresh)'")
    #expect(try await stage.allEnded(), "\(again.log)")
    #expect(try await stage.states() == ["succeeded": 4])
    #expect(try await stage.end([again]) == [])
  }

  @Test func `what nobody can read ends when somebody wants its end, with its children`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes:\n  work: {wait: {signal: go}}\n  each: {handler: fail_always, map: {over: \"${{ [1, 2] }}\"}, retry: {strategy: fixed, delay: 1h, maxRetries: 2}}\n"
    )
    try await stage.database.apply(Self.parent)
    try await stage.database.apply(
      "workflow: late\ndeadline: 3s\nnodes:\n  work: {wait: {signal: go}}\n")
    let newer = try stage.worker()
    let run = try await stage.enqueue("parent")[0]
    let sleeps = "SELECT count(*) = 4 FROM swell.node WHERE state IN ('waiting', 'retrying')"
    #expect(try await stage.database.eventually(sleeps), "\(newer.log)")
    newer.signal(SIGTERM)
    #expect(await newer.ended() == 0)
    let older = try stage.worker(
      Self.older.merging(["SWELL_TEST_END_PATIENCE_MS": "2000"]) { $1 })
    let late = try await stage.enqueue("late")[0]
    try await stage.database.query("SELECT swell.cancel('\(run)', 'nobody can')")
    #expect(try await stage.allEnded(), "\(older.log)")
    #expect(try await stage.states() == ["cancelled": 2, "failed": 1])
    #expect(try await stage.run(run, "error ->> 'kind'") == "cancelled")
    #expect(try await stage.run(run, "error ->> 'message'")?.contains("nobody can") == true)
    #expect(try await stage.run(late, "error ->> 'code'") == "deadline_exceeded")
    #expect(try await stage.end([older]) == [])
  }
}
