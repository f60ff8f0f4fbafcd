import Foundation
import Swell
import SwellTesting
import Testing

/// The recipes of `docs/operations.md`, word for word: at 3 a.m. nobody wants to mend them first.
@Suite struct OperationsRecipeTests {
  /// What is in a page's blocks of SQL, one after the other.
  private static func recipes() throws -> [String] {
    let page = try String(
      contentsOfFile: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/operations.md").path, encoding: .utf8)
    return page.matches(of: #/```sql\n((?:.|\n)*?)```/#).map { String($0.1) }
  }

  private static func stage() async throws -> (stage: Stage, parent: String, child: String) {
    let stage = try await Stage()
    try await stage.database.apply(
      "workflow: child\nnodes: {work: {wait: {signal: go}}}")
    try await stage.database.apply(
      """
      workflow: parent
      nodes:
        ask: {call: child}
        after: {transform: cel, with: {value: "${{ nodes.ask.twice + 1 }}"}}
      """)
    let worker = try stage.worker()
    let parent = try await stage.enqueue("parent")[0]
    #expect(
      try await stage.database.eventually(
        """
        SELECT count(*) = 2 AND bool_and(r.claimed_by IS NULL AND EXISTS (
          SELECT FROM swell.node AS n WHERE n.run_id = r.run_id AND n.state = 'waiting'))
        FROM swell.ready AS r
        """), "\(worker.log)")
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    let child = try #require(
      try await stage.database.scalar("SELECT run_id FROM swell.run WHERE parent = '\(parent)'"))
    return (stage, parent, child)
  }

  @Test func `each can be executed`() async throws {
    let (stage, parent, _) = try await Self.stage()
    let partition = try #require(
      try await stage.database.scalar("SELECT tableoid::regclass FROM swell.run LIMIT 1"))
    let day = try #require(partition.firstMatch(of: #/run_([0-9]{8})/#)?.1)
    let recipes = try Self.recipes()
    #expect(recipes.count > 8)
    // What commits by itself has a test of its own.
    for recipe in recipes where !recipe.contains("COMMIT") {
      let sql = recipe.replacingOccurrences(of: "…", with: parent)
        .replacing(#/_[0-9]{8}\b/#, with: "_\(day)")
      let refusal: PostgresError?
      do throws(PostgresError) {
        try await stage.database.query("BEGIN; \(sql)\n; ROLLBACK")
        refusal = nil
      } catch {
        refusal = error
        try await stage.database.query("ROLLBACK")
      }
      // A run in another state is refused as such.
      #expect(refusal?.sqlState ?? "SW005" == "SW005", "\(recipe)\n\(refusal?.message ?? "")")
    }
    await stage.database.connection.close()
  }

  @Test func `a day is dropped once nothing of it is live, and its runs before their results`()
    async throws
  {
    let (stage, parent, child) = try await Self.stage()
    let day = try #require(
      try await stage.database.scalar("SELECT (swell.now() AT TIME ZONE 'UTC')::date"))
    let recipe = try #require(Self.recipes().first { $0.contains("DROP TABLE") })
      .replacingOccurrences(of: "2026-01-31", with: day)
    let left =
      "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relname LIKE '%\(day.filter { $0 != "-" })'"
    let all = try await stage.database.scalar(left)
    let error = await #expect(throws: PostgresError.self) {
      try await stage.database.query(recipe)
    }
    #expect(error?.message.contains("is live") == true)
    #expect(try await stage.database.scalar(left) == all)
    for run in [child, parent] {
      try await stage.database.query("SELECT swell.cancel('\(run)')")
    }
    let worker = try stage.worker()
    #expect(try await stage.allEnded(), "\(worker.log)")
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    // Whoever is stopped after the first of the tables leaves nothing that could be retried without its results.
    let reader = try await TestDatabase.open(stage.database.url)
    try await reader.query("BEGIN; SELECT count(*) FROM swell.node")
    let locked = await #expect(throws: PostgresError.self) {
      try await stage.database.query(recipe)
    }
    #expect(locked?.sqlState == "55P03")
    let retried = await #expect(throws: PostgresError.self) {
      try await stage.database.query("SELECT swell.retry('\(parent)')")
    }
    #expect(retried?.sqlState == "SW007")
    try await reader.query("COMMIT")
    try await stage.database.query(recipe)
    #expect(try await stage.database.scalar(left) == nil)
    await reader.connection.close()
    await stage.database.connection.close()
  }

  @Test func `a run is told anew what its child runs have said`() async throws {
    let (stage, parent, child) = try await Self.stage()
    // As it is found when what the child has said is lost.
    try await stage.database.query(
      """
      DELETE FROM swell.ready WHERE run_id = '\(child)';
      UPDATE swell.run SET state = 'succeeded', output = '{"twice": 14}', finished_at = swell.now()
      WHERE run_id = '\(child)';
      UPDATE swell.node SET state = 'succeeded', scheduled_at = NULL, finished_at = swell.now() WHERE run_id = '\(child)';
      """)
    let recipe = try #require(Self.recipes().first { $0.contains("swell.tell_parents") })
    try await stage.database.query(recipe.replacingOccurrences(of: "…", with: parent))
    let worker = try stage.worker()
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(parent, "output") == "15")
    let broken = try await stage.end([worker])
    #expect(broken.isEmpty, "\(broken)")
  }
}
