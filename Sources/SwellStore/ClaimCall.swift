public import SwellPostgres

/// `swell.claim_v1`: takes due runs.
public struct ClaimCall: Sendable {
  public static let statement = Statement(
    "swell_claim_v1",
    """
    SELECT run_id, workflow, version, lane, priority, due_at, wave, claim_token, crashes, queue,
      deadline_in, age, started_ago, input,
      node_ids, node_items, node_iterations, node_states, node_waves, node_attempts, node_retries_from, node_due_in, node_outputs, node_errors,
      signals, next_due_in, circuits, lanes, parent, parent_place, first_unseen, last_given
    FROM swell.claim_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    """)

  /// One place to look: a lane at a priority, from a scheduled_at on.
  public struct Place: Sendable {
    public var lane: Int32
    public var priority: Int16
    /// Microseconds since 1970; 0 is everything.
    public var bound: Int64

    public init(lane: Int32, priority: Int16, bound: Int64) {
      self.lane = lane
      self.priority = priority
      self.bound = bound
    }
  }

  public var places: [Place]
  public var limit: Int
  /// How many runs that have lost one worker may come along.
  public var crashedOnce: Int
  /// How many runs that have lost two workers may come; with a limit of 0 nothing else does.
  public var crashedTwice: Int
  /// Looks everywhere, folds signals and returns the lanes.
  public var isUnbounded: Bool
  /// Marks the lanes as idle if nothing is due.
  public var marksIdle: Bool
  /// Passes over lanes that another recorder claims from just now.
  public var isInTurn: Bool
  /// The id of a signal from which on there may be one that nobody has seen; 0 is everything.
  public var signalsFrom: Int64

  /// Whether it may come back with runs.
  public var bringsRuns: Bool { limit > 0 || crashedTwice > 0 }

  public init(
    places: [Place], limit: Int, crashedOnce: Int, crashedTwice: Int, isUnbounded: Bool,
    marksIdle: Bool, isInTurn: Bool, signalsFrom: Int64 = 0
  ) {
    self.places = places
    self.limit = limit
    self.crashedOnce = crashedOnce
    self.crashedTwice = crashedTwice
    self.isUnbounded = isUnbounded
    self.marksIdle = marksIdle
    self.isInTurn = isInTurn
    self.signalsFrom = signalsFrom
  }

  public func call(by recorder: RecorderIdentity) -> Call {
    var p = Parameters()
    recorder.append(to: &p)
    p.append(array: places.map(\.lane))
    p.append(array: places.map(\.priority))
    p.append(array: places.map(\.bound))
    p.append(Int32(limit))
    p.append(Int32(crashedOnce))
    p.append(Int32(crashedTwice))
    p.append(isUnbounded)
    p.append(marksIdle)
    p.append(isInTurn)
    p.append(signalsFrom)
    return Call(Self.statement, p)
  }
}
