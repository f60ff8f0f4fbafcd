import SwellModel
public import SwellPostgres

/// `swell.rescue_v1`: frees what the dead hold, and names who looks dead now.
public struct RescueCall: Sendable {
  public static let statement = Statement(
    "swell_rescue_v1",
    "SELECT worker, freed, others, seen_at FROM swell.rescue_v1($1, $2, $3, $4, $5)")

  /// - Parameters:
  ///   - suspects: who looked dead in the last look.
  ///   - byLock: whether the caller may judge by locks.
  ///   - byAge: whether it may judge by heartbeats.
  ///   - since: how long ago it came back from a break, if locks count only of workers that have
  ///     beaten since.
  public static func call(
    worker: PostgresUUID, suspects: [PostgresUUID], byLock: Bool, byAge: Bool, since: Duration?
  ) -> Call {
    var p = Parameters()
    p.append(worker)
    p.append(array: suspects)
    p.append(byLock)
    p.append(byAge)
    p.append(since?.microseconds)
    return Call(statement, p)
  }

  public struct Reply: Sendable {
    /// Workers that look dead now; to be believed when they still do in the next look.
    public var suspects: [PostgresUUID] = []
    /// How many claims of each dead worker were freed.
    public var freed: [(worker: PostgresUUID, claims: Int)] = []
    /// How many other workers there are.
    public var others = 0
    /// What the database's clock showed, in microseconds since 1970.
    public var now: Int64 = 0

    public init(_ rows: Rows) throws(PostgresError) {
      for row in rows {
        others = Int(try row.int32(2))
        now = try row.int64(3)
        guard !row.isNull(0) else { continue }
        let worker = try row.uuid(0)
        if row.isNull(1) {
          suspects.append(worker)
        } else {
          freed.append((worker: worker, claims: Int(try row.int32(1))))
        }
      }
    }
  }
}
