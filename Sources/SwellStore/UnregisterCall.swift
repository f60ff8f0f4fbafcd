public import SwellPostgres

/// `swell.unregister_v1`: the orderly end of a worker.
public struct UnregisterCall: Sendable {
  public static let statement = Statement(
    "swell_unregister_v1", "SELECT swell.unregister_v1($1)::text")

  public static func call(worker: PostgresUUID) -> Call {
    var p = Parameters()
    p.append(worker)
    return Call(statement, p)
  }
}
