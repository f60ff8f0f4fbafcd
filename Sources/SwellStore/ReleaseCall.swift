public import SwellPostgres

/// `swell.release_v1`: gives claims back, due now, without a crash.
public struct ReleaseCall: Sendable {
  public static let statement = Statement(
    "swell_release_v1", "SELECT swell.release_v1($1, $2, $3, $4, $5)")

  public static func call(
    by recorder: RecorderIdentity, runs: [PostgresUUID], tokens: [Int64]
  ) -> Call {
    var p = Parameters()
    recorder.append(to: &p)
    p.append(array: runs)
    p.append(array: tokens)
    return Call(statement, p)
  }
}
