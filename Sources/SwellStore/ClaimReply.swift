import SwellModel
public import SwellPostgres

/// What a claim returned: the claimed runs, and what holds for all of them.
public struct ClaimReply: Sendable {
  public var runs: [ClaimedRun] = []
  /// The database's now, in microseconds since 1970.
  public var now: Int64 = 0
  /// When the next row of the places is due, in microseconds from now; nil when there is none, when
  /// something was found, when places were passed over, and for a claim of no runs.
  public var nextDueIn: Int64?
  public var circuits: [CircuitReport] = []
  /// All lanes but the two fixed ones, when the look was unbounded.
  public var lanes: [LaneReport]?

  /// The first signals, when the look was unbounded.
  public var firstSignals: FirstSignals?

  public struct FirstSignals: Sendable, Hashable {
    /// The id of the first signal, and of the first that nobody has seen; nil where there is none.
    public var any: Int64?
    public var unseen: Int64?
    /// The last id that had been given before the look.
    public var lastGiven: Int64

    public init(any: Int64?, unseen: Int64?, lastGiven: Int64) {
      self.any = any
      self.unseen = unseen
      self.lastGiven = lastGiven
    }
  }

  /// How many lanes were passed over, because somebody else claimed from them just then.
  public var passed: Int32 = 0
  /// How long the database took.
  public var took = Duration.zero

  public init(_ rows: Rows) throws(PostgresError) {
    runs.reserveCapacity(rows.count)
    for row in rows {
      guard row.isNull(0) else {
        runs.append(try ClaimedRun(row))
        continue
      }
      now = try row.int64(5)
      passed = try row.int32(6)
      took = .microseconds(try row.int64(11))
      nextDueIn = try row.optionalInt64(25)
      circuits = try CircuitReport.decode(try row.optionalJSON(26))
      lanes = row.isNull(27) ? nil : try LaneReport.decode(try row.json(27))
      guard !row.isNull(30) else { continue }
      let ids = try row.int64Array(30)
      guard ids.count == 3 else {
        throw PostgresError(code: .decoding, "claim_v1 returned \(ids.count) bounds of signals")
      }
      firstSignals = FirstSignals(
        any: ids[0] > 0 ? ids[0] : nil, unseen: ids[1] > 0 ? ids[1] : nil, lastGiven: ids[2])
    }
  }
}
