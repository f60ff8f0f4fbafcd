public import SwellPostgres

/// `swell.confirm_v1`: whether a commit took place whose reply was lost.
public struct ConfirmCall: Sendable {
  public static let statement = Statement(
    "swell_confirm_v1", "SELECT swell.confirm_v1($1, $2, $3, $4, $5, $6, $7)")

  public static func call(
    worker: PostgresUUID, run: PostgresUUID, token: Int64, node: String, item: Int, iteration: Int,
    attempt: Int
  ) -> Call {
    var p = Parameters()
    p.append(worker)
    p.append(run)
    p.append(token)
    p.append(node)
    p.append(Int32(clamping: item))
    p.append(Int32(clamping: iteration))
    p.append(Int32(clamping: attempt))
    return Call(statement, p)
  }
}
