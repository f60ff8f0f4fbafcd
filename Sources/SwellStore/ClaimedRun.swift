public import SwellModel
public import SwellPostgres

/// One claimed run as `claim_v1` returns it. Payloads are bytes that nobody has parsed;
/// durations are microseconds from the database's now.
public struct ClaimedRun: Sendable {
  public var id: PostgresUUID
  public var workflow: WorkflowKey
  public var lane: Int32
  public var priority: Int16
  public var dueAt: Int64
  public var wave: Int
  public var token: Int64
  public var crashes: Int
  public var queue: String
  public var deadlineIn: Int64?
  public var age: Int64
  public var startedAgo: Int64?
  public var input: Payload
  public var nodes: [StoredRow]
  public var signals: [SignalReport]
  public var parent: PostgresUUID?
  /// Of a child, what of its parent it is.
  public var place: ChildPlace?

  /// The size of its payloads.
  public var bytes: Int {
    nodes.reduce(input.bytes.count) {
      $0 + ($1.output?.bytes.count ?? 0) + ($1.error?.bytes.count ?? 0)
    }
  }

  public struct StoredRow: Sendable {
    public var id: String
    public var item: Int
    public var iteration: Int
    public var state: String
    public var wave: Int
    public var attempt: Int
    public var retriesFrom: Int
    public var dueIn: Int64?
    public var output: Payload?
    public var error: Payload?
  }

  init(_ row: Row) throws(PostgresError) {
    id = try row.uuid(0)
    workflow = WorkflowKey(name: try row.string(1), version: Int(try row.int32(2)))
    lane = try row.int32(3)
    priority = try row.int16(4)
    dueAt = try row.int64(5)
    wave = Int(try row.int32(6))
    token = try row.int64(7)
    crashes = Int(try row.int16(8))
    queue = try row.string(9)
    deadlineIn = try row.optionalInt64(10)
    age = try row.int64(11)
    startedAgo = try row.optionalInt64(12)
    input = Payload(bytes: try row.json(13))
    nodes = try Self.storedRows(row)
    signals = try SignalReport.decode(try row.optionalJSON(24))
    guard !row.isNull(28) else { return }
    parent = try row.uuid(28)
    place = ChildPlace(try row.optionalJSON(29))
  }

  private static func storedRows(_ row: Row) throws(PostgresError) -> [StoredRow] {
    guard !row.isNull(14) else { return [] }
    let ids = try row.stringArray(14)
    let items = try row.int32Array(15)
    let iterations = try row.int32Array(16)
    let states = try row.stringArray(17)
    let waves = try row.int32Array(18)
    let attempts = try row.int32Array(19)
    let retriesFrom = try row.int32Array(20)
    let dueIn = try row.optionalInt64Array(21)
    let outputs = try row.optionalJSONArray(22)
    let errors = try row.optionalJSONArray(23)
    return ids.indices.map { place in
      StoredRow(
        id: ids[place], item: Int(items[place]), iteration: Int(iterations[place]),
        state: states[place], wave: Int(waves[place]),
        attempt: Int(attempts[place]), retriesFrom: Int(retriesFrom[place]),
        dueIn: dueIn[place], output: outputs[place].map { Payload(bytes: $0) },
        error: errors[place].map { Payload(bytes: $0) })
    }
  }
}
