import CEL
public import SwellModel

extension RunState {
  /// Starts what `advance` found due: returns the attempts to execute, and adds to `changes` what is decided
  /// without executing anything.
  ///
  /// After a plan that returns nothing, `next` says what becomes of the run.
  ///
  /// - Parameters:
  ///   - secrets: what `${{ secrets.NAME }}` gives.
  ///   - canExecute: whether this worker has the kind of a node.
  ///   - random: numbers from 0 up to but not including 1, for jitter.
  public mutating func plan(
    now: Moment, circuits: CircuitBoard, policy: WorkerPolicy,
    secrets: any SecretSource = NoSecrets(), changes: inout Changes,
    canExecute: (Node) -> Bool, random: () -> Double
  ) -> [Execution] {
    if isEnding { dropOrdinary() }
    childrenLeft = Self.childrenAtOnce
    childBytesLeft = Self.childBytesAtOnce
    if !held.isEmpty { held = [] }
    if crashes >= CrashBudget.limit, owesAfterCrash {
      for index in due where owed.contains(index) {
        let node = definition(index)
        // What would be skipped was not in flight.
        guard passes(index, node, secrets: secrets, now: now, changes: &changes) else {
          due.removeAll { $0 == index }
          continue
        }
        // Of a map or a loop, what was in flight is at fault and not the whole.
        guard let repetition = node.repetition, !unit(index).isPart else { continue }
        due.removeAll { $0 == index }
        carryOn(index, repetition, secrets: secrets, now: now, policy: policy, changes: &changes)
      }
      giveUp(now: now, changes: &changes)
      takeUpHeld()
      return []
    }
    guard !due.isEmpty else { return [] }

    var executions: [Execution] = []
    var kept: [Int] = []
    // What a map or a loop makes due joins in.
    while !due.isEmpty {
      let waiting = due
      due = []
      for index in waiting {
        let node = definition(index)
        // The next record enqueues what would be too much for this one.
        let mayStart =
          isChild(index)
          ? childBytesLeft > 0
          : node.isControl || node.isSpread
            || runningCount < workflow.workflow.concurrency && canExecute(node.node)
        guard mayStart else {
          kept.append(index)
          continue
        }
        guard passes(index, node, secrets: secrets, now: now, changes: &changes) else { continue }
        if let repetition = node.repetition, !unit(index).isPart {
          carryOn(
            index, repetition, secrets: secrets, now: now, policy: policy, changes: &changes)
          continue
        }
        if isChild(index) {
          startChild(index, now: now, policy: policy, changes: &changes)
          continue
        }
        if node.isControl {
          decide(index, node, secrets: secrets, now: now, changes: &changes)
          continue
        }
        guard let rendered = rendered(index, secrets: secrets, now: now, changes: &changes) else {
          continue
        }
        var probe: String?
        let circuit = node.node.circuit(with: rendered.with ?? node.with).map {
          secrets.redacting($0)
        }
        if circuit != nil || !circuitNames.isEmpty { circuitNames[index] = circuit }
        if let circuit {
          switch circuits.position(of: circuit, now: now) {
          case .closed: break
          case .halfOpen: probe = circuit
          case .open(let until):
            meetOpenCircuit(
              index, circuit, until: until, now: now, random: random(), changes: &changes)
            continue
          }
        }
        nodes[index].status = .running
        nodes[index].attempt += 1
        runningCount += 1
        executions.append(
          Execution(
            node: index, unit: unit(index), attempt: nodes[index].attempt,
            wave: nodes[index].wave, input: rendered.input, with: rendered.with, probe: probe))
      }
    }
    due = kept
    takeUpHeld()
    return executions
  }

  /// What has more to enqueue than one record takes is due with the next one.
  private mutating func takeUpHeld() {
    for index in held where nodes[index].status == .repeating {
      nodes[index].status = .due
      due.append(index)
    }
  }

  /// Looks at `when`, once before the first attempt, and again after `swell.retry`: false skips the node.
  private mutating func passes(
    _ index: Int, _ node: NodeReference, secrets: any SecretSource, now: Moment,
    changes: inout Changes
  ) -> Bool {
    guard node.hasCondition, !nodes[index].isCleared,
      nodes[index].attempt == nodes[index].retriesFrom,
      !unit(index).isPart
    else { return true }
    guard let when = workflow.expressions[index]?.when else {
      failAtOnce(
        index, expressionError(index, "when", .init(.syntax, "it cannot be read")), now: now,
        changes: &changes)
      return false
    }
    switch condition(when, of: index, what: "when", isRepeated: false, secrets: secrets) {
    case .value(true):
      nodes[index].isCleared = true
      return true
    case .value(false), .absent:
      apply(.skipped, to: index, started: nil, now: now, changes: &changes)
    case .failed(let error): failAtOnce(index, error, now: now, changes: &changes)
    }
    return false
  }

  /// What cannot even be begun has been tried once.
  private mutating func failAtOnce(
    _ index: Int, _ error: NodeError, now: Moment, changes: inout Changes
  ) {
    nodes[index].attempt += 1
    var error = error
    error.context.attempt = nodes[index].attempt
    apply(.failed(error), to: index, started: now, now: now, changes: &changes)
  }

  /// What the node is given; nil when that alone has ended it.
  private mutating func rendered(
    _ index: Int, secrets: any SecretSource, now: Moment, changes: inout Changes
  ) -> Rendered? {
    guard workflow.expressions[unit(index).node] != nil else {
      return Rendered(input: input(of: index), with: nil)
    }
    switch render(index, secrets: secrets) {
    case .value(let rendered): return rendered
    case .absent: apply(.skipped, to: index, started: nil, now: now, changes: &changes)
    case .failed(let error): failAtOnce(index, error, now: now, changes: &changes)
    }
    return nil
  }

  /// Somebody asked for the end of the run.
  public mutating func requestCancel(_ request: CancelRequest) {
    if cancel == nil { cancel = request }
  }

  /// The nodes whose attempts are in flight.
  public var running: [Int] {
    runningCount == 0 ? [] : nodes.indices.filter { nodes[$0].status == .running }
  }

  /// What kinds a worker needs that goes on with a run.
  public enum KindsAtHand: Sendable, Equatable {
    case nothing
    case one(String)
    case several([String])
  }

  /// The kinds of what is due or in flight.
  public func kindsAtHand() -> KindsAtHand {
    // Mostly they are all the same: then nothing is copied.
    var indices = due.makeIterator()
    var all: KindsAtHand = .nothing
    func differs(_ index: Int) -> Bool {
      guard let kind = requiredKind(of: index) else { return true }
      guard case .one(let first) = all else {
        all = .one(kind)
        return false
      }
      return kind != first
    }
    while let index = indices.next() {
      if differs(index) { return .several(kinds(of: due + running)) }
    }
    guard runningCount > 0 else { return all }
    for index in nodes.indices where nodes[index].status == .running {
      if differs(index) { return .several(kinds(of: due + running)) }
    }
    return all
  }

  /// The nodes in flight that a run which is ending stops.
  public var runningToCancel: [Int] {
    guard isEnding else { return [] }
    return running.filter { cancel != nil || !workflow.isErrorHandler[origin(of: $0)] }
  }

  /// Moves what a node sleeps until: the database reckons from the moment at which it stores the
  /// outcome, so the worker's own moment must not be earlier.
  public mutating func postpone(_ index: Int, byMicroseconds delay: Int64) {
    switch nodes[index].status {
    case .retrying(let moment):
      nodes[index].status = .retrying(moment.advanced(byMicroseconds: delay))
    case .parked(let moment):
      nodes[index].status = .parked(moment.advanced(byMicroseconds: delay))
    case .waiting(let moment?):
      nodes[index].status = .waiting(until: moment.advanced(byMicroseconds: delay))
    default: break
    }
  }

  /// Lets time pass: the deadline, what slept until now, and messages that came.
  mutating func tick(now: Moment, changes: inout Changes) {
    if !isEnding, let deadline, deadline <= now { isPastDeadline = true }
    if isEnding { dropOrdinary() }
    stopChildren(changes: &changes)
    // What came before the time was up counts, whenever somebody looks.
    deliver(now: now, changes: &changes)
    wakeSleepers(now: now, changes: &changes)
  }

  /// The moment at which a node that sleeps is due; nil if nothing will wake it.
  func wakingMoment(of index: Int) -> Moment? {
    switch nodes[index].status {
    case .retrying(let moment), .parked(let moment), .waiting(let moment?):
      let mayWake = !isEnding || cancel == nil && workflow.isErrorHandler[origin(of: index)]
      return mayWake ? moment : nil
    default: return nil
    }
  }

  /// What is due and ordinary is not started any more: it goes back to where it was. What has
  /// a row that says it will go on sleeps, so that the end of the run cancels it.
  mutating func dropOrdinary() {
    guard !due.isEmpty else { return }
    let waiting = due
    due = []
    for index in waiting {
      if cancel == nil, workflow.isErrorHandler[origin(of: index)] {
        due.append(index)
      } else {
        if owesAfterCrash { owed.remove(index) }
        if nodes[index].isStored {
          nodes[index].status = .retrying(Moment(microseconds: .max))
          sleepingCount += 1
        } else {
          nodes[index].status = .idle
        }
      }
    }
  }

  private mutating func wakeSleepers(now: Moment, changes: inout Changes) {
    guard sleepingCount > 0 else { return }
    for index in nodes.indices {
      guard let moment = wakingMoment(of: index), moment <= now else { continue }
      if case .waiting = nodes[index].status {
        if moment > heard, awaitsMessage(index) { continue }
        timeIsUp(index, now: now, changes: &changes)
        continue
      }
      nodes[index].status = .due
      sleepingCount -= 1
      due.append(index)
    }
  }

  private mutating func meetOpenCircuit(
    _ index: Int, _ circuit: String, until: Moment, now: Moment, random: Double,
    changes: inout Changes
  ) {
    let error = NodeError(
      .circuitOpen, "the circuit \(circuit) is open", code: "circuit_open",
      context: context(of: index))
    switch definition(index).whenOpen {
    case .wait:
      // Spread out, so that not everything comes back in the same instant.
      let jitter = Int64(random * 500_000)
      apply(
        .waiting(error, until: until.advanced(byMicroseconds: jitter)), to: index, started: nil,
        now: now, changes: &changes)
    case .fail, .fallback:
      apply(.failed(error), to: index, started: nil, now: now, changes: &changes)
    }
  }

  /// Three workers have died over this run: what was due fails, and nothing is executed.
  private mutating func giveUp(now: Moment, changes: inout Changes) {
    let workers = losses.map { "\($0.worker) in wave \($0.wave)" }.joined(separator: ", ")
    for index in due where owed.contains(index) {
      nodes[index].attempt += 1
      let error = NodeError(
        .workerLost,
        "\(crashes) workers died while they held this run (\(workers)); nothing of it is executed again by itself",
        code: "worker_lost",
        context: NodeError.Context(
          node: definition(index).id, operation: "execute",
          attempt: nodes[index].attempt, wave: nodes[index].wave, worker: losses.last?.worker,
          metadata: ["workers": losses.map(\.worker).joined(separator: " ")]))
      apply(.failed(error), to: index, started: now, now: now, changes: &changes)
    }
    due = due.filter { nodes[$0].status == .due }
    owed = []
  }
}
