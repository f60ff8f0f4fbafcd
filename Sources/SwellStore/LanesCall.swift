public import SwellPostgres

/// `swell.lanes_v1`: finds the lanes of queues and kinds, and makes those that are missing.
public struct LanesCall: Sendable {
  public static let statement = Statement(
    "swell_lanes_v1", "SELECT lane, queue, kinds FROM swell.lanes_v1($1, $2)")

  public static func call(_ wanted: [LaneKey]) -> Call {
    var p = Parameters()
    p.append(array: wanted.map(\.queue))
    p.append(array: wanted.map(\.joinedKinds))
    return Call(statement, p)
  }

  public static func decode(_ rows: Rows) throws(PostgresError) -> [LaneKey: Int32] {
    var lanes: [LaneKey: Int32] = [:]
    for row in rows {
      lanes[LaneKey(queue: try row.string(1), joinedKinds: try row.string(2))] = try row.int32(0)
    }
    return lanes
  }
}
