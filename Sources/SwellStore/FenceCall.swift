public import SwellPostgres

/// `swell.fence_v1`: locks a claim for the rest of a transaction, if it is still held.
public struct FenceCall: Sendable {
  public static let statement = Statement(
    "swell_fence_v1", "SELECT swell.fence_v1($1, $2, $3, $4)")

  public static func call(
    worker: PostgresUUID, recorder: Int32, run: PostgresUUID, token: Int64
  ) -> Call {
    var p = Parameters()
    p.append(worker)
    p.append(recorder)
    p.append(run)
    p.append(token)
    return Call(statement, p)
  }
}
