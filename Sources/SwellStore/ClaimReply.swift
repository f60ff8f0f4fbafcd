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

  /// The ids of signals; nil while there has been none.
  public var signalIDs: SignalIDs?

  public struct SignalIDs: Sendable, Hashable {
    /// The first, from where the look began, that nobody has seen; nil where there is none.
    public var firstUnseen: Int64?
    /// The last that had been given.
    public var lastGiven: Int64

    public init(firstUnseen: Int64?, lastGiven: Int64) {
      self.firstUnseen = firstUnseen
      self.lastGiven = lastGiven
    }
  }

  /// How many lanes were passed over, because somebody else claimed from them just then.
  public var passed: Int32 = 0
  /// Whether a run that has lost two workers is due, and none was asked for.
  public var hasSuspects = false
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
      hasSuspects = !row.isNull(8)
      took = .microseconds(try row.int64(11))
      nextDueIn = try row.optionalInt64(25)
      circuits = try CircuitReport.decode(try row.optionalJSON(26))
      lanes = row.isNull(27) ? nil : try LaneReport.decode(try row.json(27))
      if let last = try row.optionalInt64(31) {
        signalIDs = SignalIDs(firstUnseen: try row.optionalInt64(30), lastGiven: last)
      }
    }
  }
}
