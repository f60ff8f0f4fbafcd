public import SwellModel

/// What a record is to store for one run, collected between two records.
public struct Changes: Sendable {
  public var rows: [NodeRow] = []
  public var attempts: [AttemptRow] = []
  public var circuits: [CircuitEvent] = []
  /// Ids of messages that are used up.
  public var consumed: [Int64] = []
  /// Runs to enqueue.
  public var children: [Child] = []
  /// Runs to cancel.
  public var stops: [ChildStop] = []

  /// The inputs of what has failed, in bytes.
  var inputBytes = 0
  /// Beyond it, what fails fails without its input: a wave of thousands may be given the same mebibyte.
  static let mostInputBytes = 16 << 20

  public init() {}

  /// Adds a row in the place of one that the node may already have: a record cannot write two.
  mutating func put(_ row: NodeRow) {
    guard let place = rows.firstIndex(where: { $0.node == row.node }) else {
      rows.append(row)
      return
    }
    var row = row
    row.isFresh = rows[place].isFresh
    row.input = row.input ?? rows[place].input
    row.started = row.started ?? rows[place].started
    rows[place] = row
  }

  public var isEmpty: Bool {
    rows.isEmpty && attempts.isEmpty && circuits.isEmpty && consumed.isEmpty
      && children.isEmpty && stops.isEmpty
  }

  /// What has succeeded, and nothing of what follows from it.
  public var successes: Changes {
    var successes = Changes()
    successes.rows = rows.filter { $0.state == .succeeded }
    successes.consumed = consumed
    return successes
  }

  /// What is left when the database refuses all of it: the successes as failures, without their
  /// outputs.
  public func refused(_ error: NodeError, now: Moment) -> Changes {
    var failures = Changes()
    for row in rows where row.state == .succeeded {
      var row = row
      row.state = .failed
      row.output = nil
      row.error = error.encoded()
      failures.rows.append(row)
      failures.attempts.append(
        AttemptRow(
          node: row.node, unit: row.unit, number: row.attempt, wave: row.wave,
          error: error.encoded(),
          started: row.started ?? now, finished: row.finished ?? now))
    }
    return failures
  }

  /// A row of `swell.node`.
  public struct NodeRow: Sendable {
    /// The index in the state.
    public var node: Int
    /// What that index stands for.
    public var unit: Unit
    public var state: StoredNode.State
    public var wave: Int
    public var attempt: Int
    public var retriesFrom: Int
    /// The input, kept for nodes that failed.
    public var input: Payload?
    public var output: Payload?
    public var error: Payload?
    public var degraded: Bool
    public var due: Moment?
    public var started: Moment?
    public var finished: Moment?
    /// Whether the table has no row of this node.
    public var isFresh: Bool

    /// Of what will not happen any more.
    public init(cancelling stored: StoredNode, as node: Int, now: Moment) {
      self.init(
        node: node, unit: Unit(node: node, item: stored.item, iteration: stored.iteration),
        state: .cancelled, wave: stored.wave, attempt: stored.attempt,
        retriesFrom: stored.retriesFrom, input: nil, output: nil, error: stored.error,
        degraded: false, due: nil, started: nil, finished: now, isFresh: false)
    }

    init(
      node: Int, unit: Unit, state: StoredNode.State, wave: Int, attempt: Int, retriesFrom: Int,
      input: Payload?, output: Payload?, error: Payload?, degraded: Bool, due: Moment?,
      started: Moment?, finished: Moment?, isFresh: Bool
    ) {
      self.node = node
      self.unit = unit
      self.state = state
      self.wave = wave
      self.attempt = attempt
      self.retriesFrom = retriesFrom
      self.input = input
      self.output = output
      self.error = error
      self.degraded = degraded
      self.due = due
      self.started = started
      self.finished = finished
      self.isFresh = isFresh
    }

    /// The payloads that it stores, in bytes.
    public var bytes: Int {
      (input?.bytes.count ?? 0) + (output?.bytes.count ?? 0) + (error?.bytes.count ?? 0)
    }
  }

  /// A row of `swell.attempt`.
  public struct AttemptRow: Sendable {
    public var node: Int
    public var unit: Unit
    public var number: Int
    public var wave: Int
    public var error: Payload
    public var started: Moment
    public var finished: Moment
  }

  /// A run that is enqueued together with the row of what waits for it.
  public struct Child: Sendable {
    /// A UUIDv7, as text.
    public var id: String
    public var workflow: String
    /// Nil is the current one.
    public var version: Int?
    /// Nil is the workflow's own.
    public var queue: String?
    /// What its first step needs; nil is what the workflow says.
    public var kinds: [String]?
    public var input: Payload
    /// What of its parent it is: kept with it, and given back with its end.
    public var place: Payload
  }

  /// The payloads that the record carries, in bytes.
  public var bytes: Int {
    rows.reduce(0) { $0 + $1.bytes } + children.reduce(0) { $0 + $1.input.bytes.count }
  }

  /// The children of a node that are to be cancelled: all of them, or those of one unit.
  public struct ChildStop: Sendable, Hashable {
    /// Nil for those of all nodes.
    public var node: Int?
    public var unit: Unit?

    /// Every child of the run.
    public static let every = ChildStop(node: nil, unit: nil)
  }

  /// What an attempt showed of a circuit.
  public struct CircuitEvent: Sendable, Hashable {
    public var circuit: String
    public var succeeded: Bool
  }
}
