public import SwellModel
public import SwellPostgres

/// `swell.workflows`: one row per version of a workflow.
public enum WorkflowsView {
  private static let one = Statement(
    "swell_view_workflow",
    """
    SELECT workflow, version, definition
    FROM swell.workflows
    WHERE workflow = $1
      AND CASE WHEN $2::integer IS NULL THEN current ELSE version = $2 END
    """)

  private static let names = Statement(
    "swell_view_workflow_names",
    """
    SELECT workflow
    FROM swell.workflows
    WHERE current
    ORDER BY workflow
    LIMIT 10000
    """)

  /// A version of a workflow, or nil when there is none.
  ///
  /// - Parameter version: nil is the one that new runs get.
  public static func version(
    _ version: Int?, of workflow: String, over connection: PostgresConnection,
    within limit: Duration
  ) async throws(PostgresError) -> Row? {
    var p = Parameters()
    p.append(workflow)
    p.append(version.map { Int32(clamping: $0) })
    guard let row = try await connection.query(one, p, within: limit).first else { return nil }
    return try Row(row)
  }

  /// The names of all workflows.
  public static func names(
    over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> [String] {
    var list: [String] = []
    for row in try await connection.query(names, within: limit) { list.append(try row.string(0)) }
    return list
  }

  public struct Row: Sendable, Hashable {
    public var workflow: String
    public var version: Int
    public var definition: Payload

    init(_ row: SwellPostgres.Row) throws(PostgresError) {
      workflow = try row.string(0)
      version = Int(try row.int32(1))
      definition = Payload(bytes: try row.json(2))
    }
  }
}
