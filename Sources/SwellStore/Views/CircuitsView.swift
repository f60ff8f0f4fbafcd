public import SwellPostgres

/// `swell.circuits`: the circuit breakers that all workers share.
public enum CircuitsView {
  private static let statement = Statement(
    "swell_view_circuits",
    """
    SELECT circuit, state, consecutive_failures, opened_at, open_until, changed_at
    FROM swell.circuits
    ORDER BY circuit
    """)

  public static func list(
    over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> [Row] {
    var list: [Row] = []
    for row in try await connection.query(statement, within: limit) { list.append(try Row(row)) }
    return list
  }

  public struct Row: Sendable, Hashable {
    public var circuit: String
    public var state: String
    public var consecutiveFailures: Int
    public var opened: DatabaseTime?
    public var openUntil: DatabaseTime?
    public var changed: DatabaseTime

    init(_ row: SwellPostgres.Row) throws(PostgresError) {
      circuit = try row.string(0)
      state = try row.string(1)
      consecutiveFailures = Int(try row.int32(2))
      opened = try row.optionalTime(3)
      openUntil = try row.optionalTime(4)
      changed = try row.time(5)
    }
  }
}
