public import SwellPostgres

/// `swell.workers`: one row per worker process, also those that have ended.
public enum WorkersView {
  private static let statement = Statement(
    "swell_view_workers",
    """
    SELECT worker_id, name, host, pid, version, state, kinds, queues, runs_held, started_at,
      heartbeat_at
    FROM swell.workers
    ORDER BY state NOT IN ('running', 'draining'), started_at DESC
    """)

  public static func list(
    over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> [Row] {
    var list: [Row] = []
    for row in try await connection.query(statement, within: limit) { list.append(try Row(row)) }
    return list
  }

  public struct Row: Sendable, Hashable {
    public var worker: PostgresUUID
    public var name: String
    public var host: String
    public var pid: Int32
    public var version: String
    public var state: String
    public var kinds: [String]
    /// nil serves every queue.
    public var queues: [String]?
    public var runsHeld: Int
    public var started: DatabaseTime
    public var heartbeat: DatabaseTime

    init(_ row: SwellPostgres.Row) throws(PostgresError) {
      worker = try row.uuid(0)
      name = try row.string(1)
      host = try row.string(2)
      pid = try row.int32(3)
      version = try row.string(4)
      state = try row.string(5)
      kinds = try row.stringArray(6)
      queues = row.isNull(7) ? nil : try row.stringArray(7)
      runsHeld = Int(try row.int64(8))
      started = try row.time(9)
      heartbeat = try row.time(10)
    }
  }
}
