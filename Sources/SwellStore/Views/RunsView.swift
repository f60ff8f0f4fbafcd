public import SwellModel
public import SwellPostgres

/// `swell.runs`: one row per run.
public enum RunsView {
  private static let one = Statement(
    "swell_view_run",
    """
    SELECT run_id, workflow, version, state, queue, priority::integer, input, output, error, tags,
      idempotency_key, deadline, created_at, started_at, finished_at, scheduled_at, wave, worker,
      claimed_at, crashes::integer, waits_for
    FROM swell.runs
    WHERE run_id = $1
    """)

  private static let many = Statement(
    "swell_view_runs",
    """
    SELECT run_id, workflow, version, state, queue, priority::integer, NULL::jsonb AS input,
      NULL::jsonb AS output, error, tags,
      idempotency_key, deadline, created_at, started_at, finished_at, scheduled_at, wave, worker,
      claimed_at, crashes::integer, NULL::text[] AS waits_for
    FROM swell.runs
    WHERE ($1::text IS NULL OR state = $1)
      AND ($2::text IS NULL OR workflow = $2)
      AND ($3::text IS NULL OR queue = $3)
    ORDER BY run_id DESC
    LIMIT $4
    """)

  /// The run, or nil when there is none.
  public static func run(
    _ run: PostgresUUID, over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> Row? {
    var p = Parameters()
    p.append(run)
    guard let row = try await connection.query(one, p, within: limit).first else { return nil }
    return try Row(row)
  }

  /// The youngest runs, without their inputs and outputs.
  public static func list(
    state: String?, workflow: String?, queue: String?, count: Int,
    over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> [Row] {
    var p = Parameters()
    p.append(state)
    p.append(workflow)
    p.append(queue)
    p.append(Int64(count))
    var list: [Row] = []
    for row in try await connection.query(many, p, within: limit) { list.append(try Row(row)) }
    return list
  }

  public struct Row: Sendable, Hashable {
    public var run: PostgresUUID
    public var workflow: String
    public var version: Int
    public var state: String
    public var queue: String
    public var priority: Int
    public var input: Payload?
    public var output: Payload?
    public var error: Payload?
    public var tags: Payload?
    public var idempotencyKey: String?
    public var deadline: DatabaseTime?
    public var created: DatabaseTime
    public var started: DatabaseTime?
    public var finished: DatabaseTime?
    public var scheduled: DatabaseTime?
    public var wave: Int?
    public var worker: PostgresUUID?
    public var claimed: DatabaseTime?
    public var crashes: Int?
    /// The kinds that its next step needs and no live worker of its queue has; none where no worker serves the queue
    /// and none is needed. `nil` when that is not why it waits.
    public var waitsFor: [String]?

    /// Whether nothing more will happen to it by itself.
    public var hasEnded: Bool { ["succeeded", "failed", "cancelled"].contains(state) }

    init(_ row: SwellPostgres.Row) throws(PostgresError) {
      run = try row.uuid(0)
      workflow = try row.string(1)
      version = Int(try row.int32(2))
      state = try row.string(3)
      queue = try row.string(4)
      priority = Int(try row.int32(5))
      input = try row.optionalJSON(6).map { Payload(bytes: $0) }
      output = try row.optionalJSON(7).map { Payload(bytes: $0) }
      error = try row.optionalJSON(8).map { Payload(bytes: $0) }
      tags = try row.optionalJSON(9).map { Payload(bytes: $0) }
      idempotencyKey = try row.optionalString(10)
      deadline = try row.optionalTime(11)
      created = try row.time(12)
      started = try row.optionalTime(13)
      finished = try row.optionalTime(14)
      scheduled = try row.optionalTime(15)
      wave = try row.optionalInt32(16).map { Int($0) }
      worker = try row.optionalUUID(17)
      claimed = try row.optionalTime(18)
      crashes = try row.optionalInt32(19).map { Int($0) }
      waitsFor = row.isNull(20) ? nil : try row.stringArray(20)
    }
  }
}
