import SwellTesting

extension Stage {
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
}
