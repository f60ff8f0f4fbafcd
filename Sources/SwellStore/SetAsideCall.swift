public import SwellPostgres

/// `swell.set_aside_v1`: pauses runs that the database cannot read.
public struct SetAsideCall: Sendable {
  public static let statement = Statement(
    "swell_set_aside_v1", "SELECT run_id, why FROM swell.set_aside_v1($1, $2, $3, $4, $5)")

  public static func call(by recorder: RecorderIdentity, in places: [ClaimCall.Place]) -> Call {
    var p = Parameters()
    recorder.append(to: &p)
    p.append(array: places.map(\.lane))
    p.append(array: places.map(\.priority))
    return Call(statement, p)
  }

  /// The runs that are paused now, and why.
  public static func decode(
    _ rows: Rows
  ) throws(PostgresError) -> [(run: PostgresUUID, why: String)] {
    var runs: [(run: PostgresUUID, why: String)] = []
    for row in rows { runs.append((try row.uuid(0), try row.string(1))) }
    return runs
  }
}
