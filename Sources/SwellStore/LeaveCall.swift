import SwellModel
public import SwellPostgres

/// `swell.leave_v1`: gives back runs whose definition this worker cannot read.
public struct LeaveCall: Sendable {
  public static let statement = Statement(
    "swell_leave_v1", "SELECT swell.leave_v1($1, $2, $3, $4, $5, $6, $7)")

  /// A claim that is left, and when it is due again.
  public struct Run: Sendable {
    public var id: PostgresUUID
    public var token: Int64
    public var delay: Duration

    public init(id: PostgresUUID, token: Int64, delay: Duration) {
      self.id = id
      self.token = token
      self.delay = delay
    }
  }

  /// What people are told: which version cannot be read, and why.
  public struct Unreadable: Sendable {
    public var version: WorkflowKey
    public var why: String

    public init(version: WorkflowKey, why: String) {
      self.version = version
      self.why = why
    }

    fileprivate var json: JSONValue {
      .object([
        .init("workflow", .string(version.name)), .init("version", .int(Int64(version.version))),
        .init("why", .string(why)),
      ])
    }
  }

  public static func call(
    by recorder: RecorderIdentity, runs: [Run], unreadable: [Unreadable]
  ) -> Call {
    var p = Parameters()
    recorder.append(to: &p)
    p.append(array: runs.map(\.id))
    p.append(array: runs.map(\.token))
    p.append(array: runs.map { $0.delay / .microseconds(1) }.map { Int64($0) })
    p.append(json: JSONValue.array(unreadable.map(\.json)).payload.bytes)
    return Call(statement, p)
  }
}
