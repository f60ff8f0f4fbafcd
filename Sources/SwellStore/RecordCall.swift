public import SwellCore
import SwellModel
public import SwellPostgres

/// `swell.record_v1`: stores everything that ended since the last record.
public struct RecordCall: Sendable {
  public static let statement = Statement(
    "swell_record_v1",
    """
    SELECT lost, busy, signals, circuits
    FROM swell.record_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
      $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50)
    """)

  /// What one run stores and what becomes of it.
  public struct Entry: Sendable {
    public var run: PostgresUUID
    public var token: Int64
    public var wave: Int
    public var workflow: CompiledWorkflow
    public var changes: Changes
    public var transition: Transition
    /// The lane of the next step; nil leaves it.
    public var lane: Int32?
    /// When somebody is to look at the run whatever its lane, once it is given back.
    public var wake: Moment?
    public var resetsCrashes: Bool
    public var started: Moment?
    /// Ids of signals that need not be shown again.
    public var consumed: [Int64]
    /// Whether a parent waits for the run's end.
    public var tellsParent: Bool

    public init(
      run: PostgresUUID, token: Int64, wave: Int, workflow: CompiledWorkflow, changes: Changes,
      transition: Transition, lane: Int32?, wake: Moment?, resetsCrashes: Bool, started: Moment?,
      consumed: [Int64], tellsParent: Bool = false
    ) {
      self.run = run
      self.token = token
      self.wave = wave
      self.workflow = workflow
      self.changes = changes
      self.transition = transition
      self.lane = lane
      self.wake = wake
      self.resetsCrashes = resetsCrashes
      self.started = started
      self.consumed = consumed
      self.tellsParent = tellsParent
    }
  }

  /// What one run saw of one circuit.
  public struct CircuitCount: Sendable, Hashable {
    public var circuit: String
    /// The place of the run in the entries, from 1: it counts if the run's rows are stored.
    public var place: Int
    /// Retryable failures since the last success.
    public var failures: Int
    public var succeeded: Bool

    public init(circuit: String, place: Int, failures: Int, succeeded: Bool) {
      self.circuit = circuit
      self.place = place
      self.failures = failures
      self.succeeded = succeeded
    }
  }

  public var entries: [Entry]
  /// What runs saw of circuits, in the order in which it counts.
  public var circuits: [CircuitCount]
  /// As a claim has it.
  public var signalsFrom: Int64

  public init(
    entries: [Entry], circuits: [CircuitCount], signalsFrom: Int64 = 0
  ) {
    self.entries = entries
    self.circuits = circuits
    self.signalsFrom = signalsFrom
  }

  /// The call, with all moments as durations from `now`.
  public func call(by recorder: RecorderIdentity, now: Moment) -> Call {
    var p = Parameters()
    recorder.append(to: &p)
    return call(p, now: now)
  }

  /// The call for the transaction that has fenced its one run.
  public func fencedCall(by recorder: RecorderIdentity, now: Moment) -> Call {
    var p = Parameters()
    p.append(recorder.worker)
    p.append(recorder.recorder)
    p.append(Int64?.none)
    return call(p, now: now)
  }

  private func call(_ identity: Parameters, now: Moment) -> Call {
    var columns = RecordColumns()
    columns.reserve(entries.count)
    for entry in entries { columns.append(entry, now: now) }
    var p = identity
    columns.append(to: &p)
    p.append(array: circuits.map(\.circuit))
    p.append(array: circuits.map { Int32($0.place) })
    p.append(array: circuits.map { Int32($0.failures) })
    p.append(array: circuits.map(\.succeeded))
    p.append(array: columns.consumed)
    columns.family.append(to: &p)
    p.append(signalsFrom)
    return Call(Self.statement, p)
  }
}
