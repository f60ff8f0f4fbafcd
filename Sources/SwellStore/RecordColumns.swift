import SwellCore
import SwellModel
import SwellPostgres

/// The parallel arrays of `record_v1`, in the order of its parameters.
struct RecordColumns {
  private var runs: [PostgresUUID] = []
  private var tokens: [Int64] = []
  private var waves: [Int32] = []
  private var actions: [Int16] = []
  private var lanes: [Int32?] = []
  private var runDue: [Int64?] = []
  private var runWake: [Int64?] = []
  private var crashReset: [Bool] = []

  private var endPlaces: [Int32] = []
  private var endStates: [String] = []
  private var endOutputs: [[UInt8]?] = []
  private var endErrors: [[UInt8]?] = []
  private var endStarted: [Int64?] = []

  private var nodeRuns: [Int32] = []
  private var nodeIDs: [String] = []
  private var nodeItems: [Int32] = []
  private var nodeIterations: [Int32] = []
  private var nodeFresh: [Bool] = []
  private var nodeStates: [String] = []
  private var nodeWaves: [Int32] = []
  private var nodeAttempts: [Int32] = []
  private var nodeRetriesFrom: [Int32] = []
  private var nodeInputs: [[UInt8]?] = []
  private var nodeOutputs: [[UInt8]?] = []
  private var nodeErrors: [[UInt8]?] = []
  private var nodeDegraded: [Bool] = []
  private var nodeDue: [Int64?] = []
  private var nodeStarted: [Int64?] = []
  private var nodeFinished: [Int64?] = []

  private var attemptRuns: [Int32] = []
  private var attemptNodes: [String] = []
  private var attemptItems: [Int32] = []
  private var attemptIterations: [Int32] = []
  private var attemptNumbers: [Int32] = []
  private var attemptWaves: [Int32] = []
  private var attemptErrors: [[UInt8]?] = []
  private var attemptStarted: [Int64?] = []
  private var attemptFinished: [Int64?] = []

  private(set) var consumed: [Int64] = []
  private(set) var family = FamilyColumns()

  mutating func reserve(_ count: Int) {
    runs.reserveCapacity(count)
    tokens.reserveCapacity(count)
    waves.reserveCapacity(count)
    actions.reserveCapacity(count)
    lanes.reserveCapacity(count)
    runDue.reserveCapacity(count)
    runWake.reserveCapacity(count)
    crashReset.reserveCapacity(count)
  }

  /// A hundred years: what no clock will wake sleeps for that long.
  private static let longest: Int64 = 100 * 365 * 86_400 * 1_000_000

  private static func distance(to moment: Moment, from now: Moment) -> Int64 {
    let (span, overflow) = moment.microseconds.subtractingReportingOverflow(now.microseconds)
    return overflow ? longest : min(max(0, span), longest)
  }

  mutating func append(_ entry: RecordCall.Entry, now: Moment) {
    runs.append(entry.run)
    tokens.append(entry.token)
    waves.append(Int32(clamping: entry.wave))
    lanes.append(entry.lane)
    runWake.append(entry.wake.map { Self.distance(to: $0, from: now) })
    crashReset.append(entry.resetsCrashes)
    let place = Int32(runs.count)
    switch entry.transition {
    case .goOn:
      actions.append(0)
      runDue.append(nil)
    case .giveBack(let due, _):
      actions.append(1)
      runDue.append(due.map { Self.distance(to: $0, from: now) } ?? 0)
    case .end(let end):
      actions.append(2)
      runDue.append(nil)
      endPlaces.append(place)
      endStates.append(end.state.rawValue)
      endOutputs.append(end.output?.bytes)
      endErrors.append(end.error?.bytes)
      endStarted.append(entry.started.map { now.microseconds(since: $0) })
    }
    let nodes = entry.workflow.workflow.nodes
    for row in entry.changes.rows {
      append(row, id: nodes[row.unit.node].id, place: place, now: now)
    }
    for row in entry.changes.attempts {
      attemptRuns.append(place)
      attemptNodes.append(nodes[row.unit.node].id)
      attemptItems.append(Int32(clamping: row.unit.item))
      attemptIterations.append(Int32(clamping: row.unit.iteration))
      attemptNumbers.append(Int32(clamping: row.number))
      attemptWaves.append(Int32(clamping: row.wave))
      attemptErrors.append(row.error.bytes)
      attemptStarted.append(now.microseconds(since: row.started))
      attemptFinished.append(now.microseconds(since: row.finished))
    }
    family.append(entry, place: place)
    consumed.append(contentsOf: entry.consumed)
    consumed.append(contentsOf: entry.changes.consumed)
  }

  private mutating func append(
    _ row: Changes.NodeRow, id: String, place: Int32, now: Moment
  ) {
    nodeRuns.append(place)
    nodeIDs.append(id)
    nodeItems.append(Int32(clamping: row.unit.item))
    nodeIterations.append(Int32(clamping: row.unit.iteration))
    nodeFresh.append(row.isFresh)
    nodeStates.append(row.state.rawValue)
    nodeWaves.append(Int32(clamping: row.wave))
    nodeAttempts.append(Int32(clamping: row.attempt))
    nodeRetriesFrom.append(Int32(clamping: row.retriesFrom))
    nodeInputs.append(row.input?.bytes)
    nodeOutputs.append(row.output?.bytes)
    nodeErrors.append(row.error?.bytes)
    nodeDegraded.append(row.degraded)
    nodeDue.append(row.due.map { Self.distance(to: $0, from: now) })
    nodeStarted.append(row.started.map { now.microseconds(since: $0) })
    nodeFinished.append(row.finished.map { now.microseconds(since: $0) })
  }

  func append(to p: inout Parameters) {
    p.append(array: runs)
    p.append(array: tokens)
    p.append(array: waves)
    p.append(array: actions)
    p.append(optionalArray: lanes)
    p.append(optionalArray: runDue)
    p.append(optionalArray: runWake)
    p.append(array: crashReset)
    p.append(array: endPlaces)
    p.append(array: endStates)
    p.append(jsonArray: endOutputs)
    p.append(jsonArray: endErrors)
    p.append(optionalArray: endStarted)
    p.append(array: nodeRuns)
    p.append(array: nodeIDs)
    p.append(array: nodeItems)
    p.append(array: nodeIterations)
    p.append(array: nodeFresh)
    p.append(array: nodeStates)
    p.append(array: nodeWaves)
    p.append(array: nodeAttempts)
    p.append(array: nodeRetriesFrom)
    p.append(jsonArray: nodeInputs)
    p.append(jsonArray: nodeOutputs)
    p.append(jsonArray: nodeErrors)
    p.append(array: nodeDegraded)
    p.append(optionalArray: nodeDue)
    p.append(optionalArray: nodeStarted)
    p.append(optionalArray: nodeFinished)
    p.append(array: attemptRuns)
    p.append(array: attemptNodes)
    p.append(array: attemptItems)
    p.append(array: attemptIterations)
    p.append(array: attemptNumbers)
    p.append(array: attemptWaves)
    p.append(jsonArray: attemptErrors)
    p.append(optionalArray: attemptStarted)
    p.append(optionalArray: attemptFinished)
  }
}
