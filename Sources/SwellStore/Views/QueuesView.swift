public import SwellPostgres

/// `swell.queues`: how much waits in each queue, and how fast it moves.
public enum QueuesView {
  private static let statement = Statement(
    "swell_view_queues",
    """
    SELECT queue, depth, due, in_flight, oldest_due, finished_last_minute
    FROM swell.queues
    ORDER BY queue
    """)

  public static func list(
    over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> [Row] {
    var list: [Row] = []
    for row in try await connection.query(statement, within: limit) { list.append(try Row(row)) }
    return list
  }

  public struct Row: Sendable, Hashable {
    public var queue: String
    public var depth: Int
    public var due: Int
    public var inFlight: Int
    public var oldestDue: DatabaseTime?
    public var finishedLastMinute: Int

    init(_ row: SwellPostgres.Row) throws(PostgresError) {
      queue = try row.string(0)
      depth = Int(try row.int64(1))
      due = Int(try row.int64(2))
      inFlight = Int(try row.int64(3))
      oldestDue = try row.optionalTime(4)
      finishedLastMinute = Int(try row.int64(5))
    }
  }
}
