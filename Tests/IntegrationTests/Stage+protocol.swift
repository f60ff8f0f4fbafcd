import SwellTesting

extension Stage {
  /// A number of the database's history that a test can change, as a failover does.
  static let changeableTimeline = """
    CREATE SEQUENCE swell.test_timeline;
    CREATE OR REPLACE FUNCTION swell.timeline() RETURNS bigint LANGUAGE sql VOLATILE
    AS 'SELECT last_value FROM swell.test_timeline';
    """

  /// Registers a worker that is no process: the test makes its calls itself.
  func register(_ worker: String) async throws {
    try await database.query(
      "SELECT * FROM swell.register_v1('\(worker)', 'n', 'h', 1, '0', '{handler:noop}', NULL, 1, true)"
    )
  }

  /// What a claim of that worker takes, so many at most: each run with its token.
  func claim(_ limit: Int, by worker: String) async throws -> [(run: String, token: String)] {
    try await database.query(
      """
      SELECT run_id, claim_token FROM swell.claim_v1('\(worker)', 0, 1,
        ARRAY(SELECT lane FROM swell.lane WHERE lane > 1), '{0}', '{0}', \(limit), 16, 1, false, false, true)
      WHERE run_id IS NOT NULL
      """
    ).map { (run: $0[0] ?? "", token: $0[1] ?? "") }
  }

  /// How many entries of the indexes of these tables have been read so far, partitions and all.
  func indexEntriesRead(of tables: String...) async throws -> Int {
    try await database.query("SELECT pg_stat_force_next_flush()")
    let pattern = "^(" + tables.joined(separator: "|") + ")(_[0-9]+|_default)?$"
    let rows = try await database.scalar(
      "SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE schemaname = 'swell' AND relname ~ '\(pattern)'"
    )
    return rows.flatMap { Int($0) } ?? 0
  }
}
