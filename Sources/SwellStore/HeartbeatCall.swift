public import SwellPostgres

/// `swell.heartbeat_v1`: says that a worker lives, and fetches the signals of what it holds.
public struct HeartbeatCall: Sendable {
  public static let statement = Statement(
    "swell_heartbeat_v1", "SELECT known, signals FROM swell.heartbeat_v1($1, $2, $3)")

  public static func call(
    worker: PostgresUUID, state: String, signalsFrom: Int64 = 0
  ) -> Call {
    var p = Parameters()
    p.append(worker)
    p.append(state)
    p.append(signalsFrom)
    return Call(statement, p)
  }

  public struct Reply: Sendable {
    /// false: the worker was given up by others and has to register again.
    public var isKnown: Bool
    public var signals: [SignalReport]

    public init(_ rows: Rows) throws(PostgresError) {
      guard let row = rows.first else {
        throw PostgresError(code: .decoding, "heartbeat_v1 returned no row")
      }
      isKnown = try row.bool(0)
      signals = try SignalReport.decode(try row.optionalJSON(1))
    }
  }
}
