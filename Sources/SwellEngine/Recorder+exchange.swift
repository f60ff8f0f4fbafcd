import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

extension Recorder {
  /// One run's part of a batch, with what is needed to take it back.
  final class Item {
    let run: HeldRun
    /// From when on the durations of the entry count.
    let reckoned: Moment
    let before: RunState
    let beforeChanges: Changes
    let completions: [Completion]
    var entry: RecordCall.Entry
    /// The payloads that the entry carries, in bytes.
    let bytes: Int
    /// The lane that the entry names: the run's once it is stored. Nil when that is the one it has.
    let laneKey: LaneKey?

    init(
      run: HeldRun, reckoned: Moment, before: RunState, beforeChanges: Changes,
      completions: [Completion], entry: RecordCall.Entry, laneKey: LaneKey?
    ) {
      self.run = run
      self.reckoned = reckoned
      self.before = before
      self.beforeChanges = beforeChanges
      self.completions = completions
      self.entry = entry
      self.bytes = entry.changes.bytes
      self.laneKey = laneKey
    }
  }

  @discardableResult
  func reach(_ point: FaultPoint) -> FaultAction {
    configuration.faults?.reach(point) ?? .none
  }

  /// Settles everything that has ended, and says for each run what becomes of it.
  func gather(
    now: Moment, over connection: PostgresConnection
  ) async throws(PostgresError) -> [Item] {
    let runs = queue
    queue = []
    var items: [Item] = []
    items.reserveCapacity(runs.count)
    var missing: Set<LaneKey> = []
    let mostRuns = batchRuns
    var bytes = 0
    var taken = 0
    for (place, run) in runs.enumerated() {
      // What is more than one call can carry in its time goes with the next one, also of one run; and while one half
      // of what is held is on its way, the other half executes.
      if bytes > batchBytes || taken >= mostRuns {
        queue = Array(runs[place...]) + queue
        break
      }
      run.isQueued = false
      guard held[run.id] === run, !isEarly(run, now: now), !isTaken(run) else { continue }
      let completions = run.takeCompletions(upTo: batchBytes - bytes)
      if !run.completions.isEmpty { enqueue(run) }
      guard let item = settle(run, completions, now: now, missing: &missing) else {
        stopEnding(run)
        admit(run)
        continue
      }
      bytes += item.bytes
      items.append(item)
      taken += 1
    }
    missing.formUnion(wantedLanes)
    wantedLanes = []
    if !missing.isEmpty {
      do throws(PostgresError) {
        try await findLanes(missing, over: connection)
      } catch {
        putBack(items)
        throw error
      }
      for item in items { setAnyLane(item, now: now) }
    }
    return items
  }

  /// Settles one run. Returns nil when there is nothing to store: something has just started.
  func settle(
    _ run: HeldRun, _ completions: [Completion], now: Moment, missing: inout Set<LaneKey>
  ) -> Item? {
    let before = run.state
    let beforeChanges = run.changes
    for completion in completions {
      run.state.settle(
        completion.node, completion.result, started: completion.started,
        now: completion.finished, policy: configuration.policy, random: random,
        changes: &run.changes)
    }
    var transition = Transition.goOn
    if !run.recordsEndsOnly {
      run.state.advance(now: now, changes: &run.changes)
      transition =
        run.refusal.map { refuse($0, run) }
        ?? run.state.next(now: now, changes: &run.changes, canExecute: canExecute)
    }
    if case .goOn = transition, !run.recordsEndsOnly {
      let mayStart =
        stop == 0 && !run.isStanding
        && (lanes.serves(queue: run.queue) || run.state.isEnding
          || run.state.due.allSatisfy { run.state.requiredKind(of: $0) == nil })
      if run.state.runningCount == 0, !mayStart {
        // Another worker's queue, or a worker that stops: handed back before anything starts.
        transition = .giveBack(due: nil, kinds: run.state.kinds(of: run.state.due))
      } else if run.changes.isEmpty, !run.state.isUnsure(now: now) {
        // Nothing to store: what has become due by the clock alone may start at once.
        start(run, now: now)
        guard run.isQueued == false, run.changes.isEmpty else { return nil }
        if run.state.runningCount > 0 { return nil }
        transition = run.state.next(now: now, changes: &run.changes, canExecute: canExecute)
        if case .goOn = transition { return nil }
      } else if run.state.runningCount == 0, run.wavesHeld >= 64, isBacklogged {
        transition = .giveBack(due: nil, kinds: run.state.kinds(of: run.state.due))
      }
    }
    // What has come and was not brought along is claimed for.
    if run.hasMoreMessages || !run.unreadableSignals.isEmpty, case .giveBack = transition {
      transition = .giveBack(due: nil, kinds: [])
    }
    // What an item of a map was given may hold what its list was made of.
    for place in run.changes.rows.indices {
      guard let input = run.changes.rows[place].input else { continue }
      run.changes.rows[place].input = configuration.secrets.redacting(input)
    }
    let resets = run.crashes > 0 && !run.state.owesAfterCrash
    let item = Item(
      run: run, reckoned: now, before: before, beforeChanges: beforeChanges,
      completions: completions,
      entry: RecordCall.Entry(
        run: run.id, token: run.token, wave: run.state.wave, workflow: run.state.workflow,
        changes: run.changes, transition: transition, lane: nil,
        wake: wakeMoment(of: run, transition), resetsCrashes: resets, started: run.started,
        consumed: resets ? run.crashSignals : [],
        tellsParent: run.family.map { !$0.place.isDetached } ?? false),
      laneKey: laneKey(run, transition))
    setLane(item)
    if let key = item.laneKey, item.entry.lane == nil { missing.insert(key) }
    return item
  }

  /// A run of which nothing can be planned fails, and says why, once nothing of it is in flight.
  private func refuse(_ error: NodeError, _ run: HeldRun) -> Transition {
    guard run.attempts.isEmpty, run.completions.isEmpty, !run.isIsolating else { return .goOn }
    // A definition that cannot be read is ended as somebody wanted it.
    if run.isUnreadable, run.state.isEnding {
      return run.state.next(
        now: MonotonicClock.now(), changes: &run.changes, canExecute: canExecute)
    }
    return .end(RunEnd(state: .failed, output: nil, error: error.encoded()))
  }

  func record(_ items: [Item], now: Moment) -> Call {
    recordCall(items).call(by: identity, now: now)
  }

  /// The record of one run, for the transaction that has fenced it.
  func fencedRecord(_ item: Item, now: Moment) -> Call {
    recordCall([item]).fencedCall(by: identity, now: now)
  }

  private func recordCall(_ items: [Item]) -> RecordCall {
    var circuits: [RecordCall.CircuitCount] = []
    var failing: Set<String> = []
    for (at, item) in items.enumerated() where !item.entry.changes.circuits.isEmpty {
      let first = circuits.count
      for event in item.entry.changes.circuits {
        let known = circuits[first...].firstIndex { $0.circuit == event.circuit }
        let place = known ?? circuits.count
        if known == nil {
          circuits.append(
            .init(circuit: event.circuit, place: at + 1, failures: 0, succeeded: false))
        }
        if event.succeeded {
          circuits[place].failures = 0
          circuits[place].succeeded = true
        } else {
          circuits[place].failures += 1
          failing.insert(event.circuit)
        }
      }
    }
    // A success of a circuit that nobody saw fail says nothing.
    circuits.removeAll { !failing.contains($0.circuit) && !board.isFailing($0.circuit) }
    // What expires now expires because nothing was said: also not by who took long to commit it.
    // What is given back is told all of it by its next claim.
    let mayExpire = items.contains { item in
      guard case .goOn = item.entry.transition else { return false }
      return item.run.state.isUnsure(now: item.reckoned)
    }
    return RecordCall(
      entries: items.map(\.entry), circuits: circuits,
      signalsFrom: mayExpire ? 0 : signalReach.from)
  }

  /// What was sent is not known to be stored: it goes with the next record.
  func putBack(_ items: [Item]) {
    for item in items where held[item.run.id] === item.run {
      enqueue(item.run)
    }
  }

  /// A record was stored. Returns the runs that go on.
  func took(
    _ items: [Item], _ reply: RecordReply, at now: Moment = MonotonicClock.now(),
    isFenced: Bool = false
  ) -> [HeldRun] {
    show(reply.circuits)
    metrics.change { $0.recorded += 1 }
    let lost = Set(reply.lost)
    let busy = Set(reply.busy)
    let partlyTold = Set(
      reply.signals.lazy.filter { $0.kind == .more || $0.kind == .unreadable }.map(\.run))
    var ended = 0
    var goingOn: [HeldRun] = []
    for item in items {
      let run = item.run
      if !lost.isEmpty, lost.contains(run.id) {
        drop(run, why: "the claim is gone: another worker has the run")
        continue
      }
      if !busy.isEmpty, busy.contains(run.id) {
        metrics.change { $0.busyClaims += 1 }
        runsBusy(run, now: now)
        continue
      }
      run.busyTries = 0
      if let key = item.laneKey, let lane = item.entry.lane {
        let isSubstitute = lane == LaneKey.everybodys && !key.joinedKinds.isEmpty
        run.laneKinds = isSubstitute ? nil : key.joinedKinds
      }
      // The database reckoned between then and now: nothing starts before its scheduled_at.
      for row in item.entry.changes.rows where row.due != nil {
        run.state.postpone(row.node, byMicroseconds: now.microseconds(since: item.reckoned))
      }
      run.changes = Changes()
      run.wavesHeld += 1
      if run.recordsEndsOnly {
        run.recordsEndsOnly = false
        enqueue(run)
        continue
      }
      if item.entry.resetsCrashes {
        run.crashes = 0
        run.crashSignals = []
      }
      switch item.entry.transition {
      case .goOn:
        run.awaitsStart = true
        // Not before it is stored: what is taken back has stopped nothing.
        stopEnding(run)
        if !isFenced {
          told(run, isPart: partlyTold.contains(run.id), upTo: item.reckoned, now: now)
        }
        goingOn.append(run)
      case .giveBack: forget(run)
      case .end(let end):
        forget(run)
        ended += 1
        if end.state != .succeeded { report(run, end) }
      }
    }
    if ended > 0 { metrics.change { $0.ended += ended } }
    for signal in reply.signals where signal.kind != .more { take(signal) }
    updateGauges()
    return goingOn
  }

  /// Holds a run no longer; one that was claimed anew meanwhile stays.
  private func forget(_ run: HeldRun) {
    if held[run.id] === run { held[run.id] = nil }
  }

  /// Somebody holds the row locked: the results go with a later batch, soon.
  private func runsBusy(_ run: HeldRun, now: Moment) {
    // Who holds it may do so for hours.
    if run.busyTries % 30 == 0 {
      logger.info(
        "a run's row is locked by somebody; its results wait", metadata: ["run": "\(run.id)"])
    }
    busyRuns.append(run)
    nextBusyTry = min(nextBusyTry, now + .milliseconds(min(20 << min(run.busyTries, 6), 1000)))
    run.busyTries += 1
  }

  private func report(_ run: HeldRun, _ end: RunEnd) {
    logger.notice(
      "run \(end.state.rawValue)",
      metadata: [
        "run": "\(run.id)", "workflow": "\(run.state.workflow.workflow.name)",
        "error": "\((end.error?.text ?? "").prefix(500))",
      ])
  }

  func drop(_ run: HeldRun, why: String) {
    logger.warning(
      "dropped what was held of a run", metadata: ["run": "\(run.id)", "reason": "\(why)"])
    metrics.change { $0.lostClaims += 1 }
    for attempt in run.attempts.values { attempt.handle.cancel() }
    run.transaction = nil
    forget(run)
  }

  func show(_ circuits: [CircuitReport]) {
    if circuits.isEmpty, board.failing.isEmpty { return }
    let now = MonotonicClock.now()
    var failing: [String: Moment?] = [:]
    for circuit in circuits {
      failing.updateValue(
        circuit.openIn.map { now.advanced(byMicroseconds: $0) }, forKey: circuit.circuit)
    }
    board = CircuitBoard(failing: failing)
  }

  func updateGauges() {
    var nodes = 0
    heldBytes = 0
    for run in held.values {
      nodes += run.attempts.count
      heldBytes += run.bytes
    }
    metrics.setHeld(held.count, nodes: nodes, by: index)
  }
}

extension PostgresError {
  /// A value was refused: one of the payloads, not the whole batch, is at fault.
  var blamesValue: Bool {
    if code == .encoding { return true }
    guard code == .server, let sqlState else { return false }
    return ["21", "22", "23", "54"].contains(String(sqlState.prefix(2)))
  }

  /// The server cannot read what it has stored, or make an answer of it: broken pages, missing values (`XX`, `58`), and
  /// what is beyond its limits (`22`, `54`).
  var blamesStorage: Bool {
    guard code == .server, !isConnectionFatal, let sqlState else { return false }
    return ["22", "54", "58", "XX"].contains(String(sqlState.prefix(2)))
  }

  static var lostReply: PostgresError {
    PostgresError(code: .lost, "the reply was lost")
  }
}
