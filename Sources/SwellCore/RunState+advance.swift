public import SwellModel

extension RunState {
  /// Follows what the settled outcomes mean for the rest of the graph: what becomes ready makes
  /// the next wave, what has nothing to read is skipped, and a failure that nothing handles
  /// begins the end of the run.
  ///
  /// What becomes due here may be started once the changes are stored.
  public mutating func advance(now: Moment, changes: inout Changes) {
    noteFailures()
    tick(now: now, changes: &changes)
    // A wait whose time is up, and an answer that says no, are failures as well.
    noteFailures()
    if isEnding { dropOrdinary() }
    stopChildren(changes: &changes)
    let nextWave = wave + 1
    var isNextWave = false
    if changed.isEmpty, isEnding, startHandlersIfTime(wave: nextWave) { isNextWave = true }
    var place = 0
    if follow(from: &place, wave: nextWave, now: now, changes: &changes) { isNextWave = true }
    if judgeOutput(), startHandlersIfTime(wave: nextWave) {
      isNextWave = true
      _ = follow(from: &place, wave: nextWave, now: now, changes: &changes)
    }
    changed = []
    if isNextWave { wave = nextWave }
    if isFirstLook {
      isFirstLook = false
      if crashes > 0 { owed = Set(due) }
    }
  }

  /// Looks at what has ended and at all that this makes ready. Returns whether anything was.
  private mutating func follow(
    from place: inout Int, wave nextWave: Int, now: Moment, changes: inout Changes
  ) -> Bool {
    var isNextWave = false
    while place < changed.count {
      let index = changed[place]
      place += 1
      if nodes[index].status == .skipped { record(skip: index, now: now, changes: &changes) }
      if unit(index).isPart {
        partEnded(index)
        if place == changed.count, isEnding, startHandlersIfTime(wave: nextWave) {
          isNextWave = true
        }
        continue
      }
      let top = origin(of: index)
      let isResolved = standing(of: top) != .pending
      if isResolved, isOrdinary(top), nodes[index].status != .skipped || index != top {
        unresolved -= 1
      }
      if nodes[index].status == .failed, let fallback = workflow.workflow.nodes[index].fallback {
        if wake(fallback, wave: nextWave) { isNextWave = true }
      }
      if isResolved {
        for dependent in workflow.dependents[top] where wake(dependent, wave: nextWave) {
          isNextWave = true
        }
        for target in workflow.references[top].controlTargets
        where wake(target, wave: nextWave) {
          isNextWave = true
        }
      }
      if place == changed.count, isEnding, startHandlersIfTime(wave: nextWave) {
        isNextWave = true
      }
    }
    return isNextWave
  }

  /// The first failure that nothing handles begins the end of the run, before anything that
  /// ended together with it makes more nodes ready.
  private mutating func noteFailures() {
    for index in changed where failedNode == nil {
      let isSkippedFallback =
        nodes[index].status == .skipped && workflow.primary[unit(index).node] != nil
      guard nodes[index].status == .failed || isSkippedFallback else { continue }
      if failsRun(index) { failedNode = origin(of: index) }
    }
  }

  /// What becomes of the run after a plan: goes on, is given back, or ends.
  public mutating func next(
    now: Moment, changes: inout Changes, canExecute: (Node) -> Bool
  ) -> Transition {
    if runningCount > 0 { return .goOn }
    if let end = ending(now: now, changes: &changes) { return .end(end) }
    if due.contains(where: { requiredKind(of: $0) == nil || canExecute(definition($0).node) }) {
      return .goOn
    }
    if !due.isEmpty {
      return .giveBack(due: nil, kinds: kinds(of: due))
    }
    var earliest: Moment?
    var sleepers: [Int] = []
    for index in nodes.indices {
      guard let moment = wakingMoment(of: index) else { continue }
      collect(index, moment, &earliest, &sleepers)
    }
    if earliest == nil {
      let waits = nodes.indices.contains { index in
        guard case .waiting(let moment) = nodes[index].status else { return false }
        return isChild(index)
          || moment == nil
            && (!isEnding || cancel == nil && workflow.isErrorHandler[origin(of: index)])
      }
      guard waits else { return .end(stranded()) }
      earliest = Moment(microseconds: .max)
    }
    if let deadline, !isEnding, earliest.map({ deadline < $0 }) ?? true {
      earliest = deadline
    }
    return .giveBack(due: earliest, kinds: kinds(of: sleepers))
  }

  /// A graph in which nothing can happen any more, which validation rules out: it ends with an
  /// error rather than being claimed for ever.
  private func stranded() -> RunEnd {
    let idle = workflow.workflow.nodes.indices.filter { nodes[$0].status == .idle }
      .map { workflow.workflow.nodes[$0].id }
    let error = NodeError(
      .definition, "nothing of the run can go on; these nodes never became ready: \(idle)",
      code: "stranded", context: NodeError.Context(operation: "settle", wave: wave))
    return RunEnd(state: .failed, output: nil, error: error.encoded())
  }

  private func collect(
    _ index: Int, _ moment: Moment, _ earliest: inout Moment?, _ sleepers: inout [Int]
  ) {
    if let known = earliest, known < moment { return }
    if earliest != moment { sleepers = [] }
    earliest = moment
    sleepers.append(index)
  }

  /// The kinds of some nodes, sorted, each once.
  public func kinds(of indices: [Int]) -> [String] {
    Set(indices.compactMap { requiredKind(of: $0) }).sorted()
  }

  /// The first moment at which something of the run sleeps until, or its deadline.
  public func nextMoment() -> Moment? {
    var earliest = isEnding ? nil : deadline
    guard sleepingCount > 0 else { return earliest }
    for index in nodes.indices {
      guard let moment = wakingMoment(of: index) else { continue }
      earliest = min(earliest ?? moment, moment)
    }
    return earliest
  }

  /// When somebody is to look at a run that waits in a lane of some kinds, though nobody may
  /// have those: its deadline, or what sleeps and needs another kind.
  public func wakeMoment(besides kinds: [String]) -> Moment? {
    var earliest = isEnding ? nil : deadline
    guard sleepingCount > 0 else { return earliest }
    for index in nodes.indices
    where requiredKind(of: index).map({ !kinds.contains($0) }) ?? !kinds.isEmpty {
      guard let moment = wakingMoment(of: index) else { continue }
      earliest = min(earliest ?? moment, moment)
    }
    return earliest
  }

  private mutating func record(skip index: Int, now: Moment, changes: inout Changes) {
    changes.rows.append(
      Changes.NodeRow(
        node: index, unit: unit(index), state: .skipped, wave: nodes[index].wave,
        attempt: nodes[index].attempt,
        retriesFrom: nodes[index].retriesFrom, input: nil, output: nil, error: nil,
        degraded: false, due: nil, started: nil, finished: now, isFresh: !nodes[index].isStored))
    nodes[index].isStored = true
  }

  /// The error handlers run once nothing ordinary is in flight any more. Of a run that another
  /// worker held in the middle of its handlers, this makes ready what is left of them.
  private mutating func startHandlersIfTime(wave nextWave: Int) -> Bool {
    guard !handlersStarted, cancel == nil, runningCount == 0, !waitsForChildren,
      !workflow.workflow.onError.isEmpty
    else { return false }
    handlersStarted = true
    var started = false
    for index in workflow.workflow.nodes.indices
    where workflow.isErrorHandler[origin(of: index)] {
      if wake(index, wave: nextWave) { started = true }
    }
    return started
  }

  /// The end of the run, if it has come to one: nothing is in flight, and either all ordinary
  /// nodes have ended or the run is ending and its handlers are done.
  private mutating func ending(now: Moment, changes: inout Changes) -> RunEnd? {
    guard isEnding else {
      return unresolved == 0 ? RunEnd(state: .succeeded, output: runOutput(), error: nil) : nil
    }
    if waitsForChildren { return nil }
    if cancel == nil, !workflow.workflow.onError.isEmpty {
      guard handlersStarted else { return nil }
      guard workflow.workflow.onError.allSatisfy({ standing(of: $0) != .pending }) else {
        return nil
      }
    }
    cancelSleepers(now: now, changes: &changes)
    let state: RunEnd.State =
      failedNode == nil && !isPastDeadline && misfit == nil ? .cancelled : .failed
    return RunEnd(state: state, output: nil, error: runError())
  }

  /// What waited for its time when the run ended will not happen any more.
  private mutating func cancelSleepers(now: Moment, changes: inout Changes) {
    // Of a map or a loop that nobody has looked at since the run was claimed.
    for (index, rows) in storedUnits.sorted(by: { $0.key < $1.key }) {
      for row in rows where row.state == .retrying || row.state == .waiting {
        let part = addPart(
          Unit(node: index, item: row.item, iteration: row.iteration), of: index)
        load(row, into: part)
      }
    }
    if !storedUnits.isEmpty { storedUnits = [:] }
    guard sleepingCount > 0 else { return }
    for index in nodes.indices {
      switch nodes[index].status {
      case .retrying, .parked, .waiting:
        sleepingCount -= 1
        changes.put(
          Changes.NodeRow(
            node: index, unit: unit(index), state: .cancelled, wave: nodes[index].wave,
            attempt: nodes[index].attempt, retriesFrom: nodes[index].retriesFrom, input: nil,
            output: nil, error: nodes[index].error, degraded: false, due: nil, started: nil,
            finished: now, isFresh: !nodes[index].isStored))
        nodes[index].isStored = true
        nodes[index].status = .cancelled
      default: continue
      }
    }
  }
}
