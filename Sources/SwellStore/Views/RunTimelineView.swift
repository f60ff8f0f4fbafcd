public import SwellModel
public import SwellPostgres

/// `swell.run_timeline`: what happened to a run, in its order.
public enum RunTimelineView {
  private static let statement = Statement(
    "swell_view_run_timeline",
    """
    SELECT at, event, node_id, attempt, worker, detail
    FROM swell.run_timeline
    WHERE run_id = $1
    ORDER BY at, event = 'enqueued' DESC, event LIKE 'run %', event = 'node started' DESC, node_id
    """)

  public static func events(
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
    /// nil where a moment is not known.
    public var at: DatabaseTime?
    public var event: String
    public var node: String?
    public var attempt: Int?
    public var worker: PostgresUUID?
    public var detail: Payload?

    /// Whether it is an attempt that failed; `detail` is then its whole error.
    public var isFailedAttempt: Bool { event == "attempt failed" }

    init(_ row: SwellPostgres.Row) throws(PostgresError) {
      at = try row.optionalTime(0)
      event = try row.string(1)
      node = try row.optionalString(2)
      attempt = try row.optionalInt32(3).map { Int($0) }
      worker = try row.optionalUUID(4)
      detail = try row.optionalJSON(5).map { Payload(bytes: $0) }
    }
  }
}
