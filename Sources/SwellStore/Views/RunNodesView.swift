public import SwellModel
public import SwellPostgres

/// `swell.run_nodes`: one row per node that ended, waits or retries.
public enum RunNodesView {
  private static let statement = Statement(
    "swell_view_run_nodes",
    """
    SELECT node_id, item, iteration, wave, state, attempt, degraded, input, output, error,
      scheduled_at, started_at, finished_at, worker, claim_token
    FROM swell.run_nodes
    WHERE run_id = $1
    ORDER BY wave, started_at, node_id, item, iteration
    """)

  public static func nodes(
    of run: PostgresUUID, over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> [Row] {
    var p = Parameters()
    p.append(run)
    var list: [Row] = []
    for row in try await connection.query(statement, p, within: limit) {
      list.append(try Row(row))
    }
    return list
  }

  public struct Row: Sendable, Hashable {
    public var node: String
    public var item: Int
    public var iteration: Int
    public var wave: Int
    public var state: String
    public var attempt: Int
    public var isDegraded: Bool
    public var input: Payload?
    public var output: Payload?
    public var error: Payload?
    public var scheduled: DatabaseTime?
    public var started: DatabaseTime?
    public var finished: DatabaseTime?
    public var worker: PostgresUUID?
    public var token: Int64?

    /// The node, with the number of its item or iteration: `ship[3]`, `poll#2`.
    public var label: String {
      if item > 0 { return "\(node)[\(item)]" }
      return iteration > 0 ? "\(node)#\(iteration)" : node
    }

    init(_ row: SwellPostgres.Row) throws(PostgresError) {
      node = try row.string(0)
      item = Int(try row.int32(1))
      iteration = Int(try row.int32(2))
      wave = Int(try row.int32(3))
      state = try row.string(4)
      attempt = Int(try row.int32(5))
      isDegraded = try row.bool(6)
      input = try row.optionalJSON(7).map { Payload(bytes: $0) }
      output = try row.optionalJSON(8).map { Payload(bytes: $0) }
      error = try row.optionalJSON(9).map { Payload(bytes: $0) }
      scheduled = try row.optionalTime(10)
      started = try row.optionalTime(11)
      finished = try row.optionalTime(12)
      worker = try row.optionalUUID(13)
      token = try row.optionalInt64(14)
    }
  }
}
