public import SwellPostgres

/// `swell.maintain_v1`: one part of the housekeeping.
public enum MaintainCall {
  public static let statement = Statement("swell_maintain_v1", "SELECT swell.maintain_v1($1)")

  /// The parts, each to be called in a transaction of its own.
  public static let parts = ["rows", "run", "node", "attempt"]

  /// Whether its part has more to do, and is to be called again soon.
  public static func hasMore(_ rows: Rows) throws(PostgresError) -> Bool {
    try (rows.first?.int32(0) ?? 0) > 0
  }

  public static func call(_ part: String) -> Call {
    var p = Parameters()
    p.append(part)
    return Call(statement, p)
  }
}
