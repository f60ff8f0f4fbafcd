public import SwellModel
public import SwellPostgres

/// `swell.apply_definition`: stores a definition that was checked here.
public enum ApplyCall {
  public static let statement = Statement(
    "swell_apply",
    """
    SELECT version, is_new, missing_kinds
    FROM swell.apply_definition($1, $2, $3, $4 * interval '1 microsecond', $5, $6)
    """)

  public struct Reply: Sendable, Hashable {
    public var version: Int
    public var isNew: Bool
    /// The kinds that no live worker has.
    public var missingKinds: [String]
  }

  public static func apply(
    _ definition: WorkflowDefinition, over connection: PostgresConnection,
    within limit: Duration
  ) async throws(PostgresError) -> Reply {
    let workflow = definition.workflow
    var p = Parameters()
    p.append(workflow.name)
    p.append(json: definition.json.bytes)
    p.append(workflow.queue)
    p.append(workflow.deadline.map { Double($0.microseconds) })
    p.append(array: workflow.kinds)
    p.append(array: workflow.firstKinds)
    let rows = try await connection.query(statement, p, within: limit)
    guard let row = rows.first else {
      throw PostgresError(code: .decoding, "apply_definition returned no row")
    }
    return Reply(
      version: Int(try row.int32(0)), isNew: try row.bool(1),
      missingKinds: try row.stringArray(2))
  }
}
