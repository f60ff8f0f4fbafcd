public import SwellModel

extension RunState {
  /// Starts what `advance` found due: returns the attempts to execute, and adds to `changes` what is decided
  /// without executing anything.
  ///
  /// After a plan that returns nothing, `next` says what becomes of the run.
  ///
  /// - Parameters:
  ///   - canExecute: whether this worker has the kind of a node.
  ///   - random: numbers from 0 up to but not including 1, for jitter.
  public mutating func plan(
    now: Moment, circuits: CircuitBoard, policy: WorkerPolicy, changes: inout Changes,
    canExecute: (Node) -> Bool, random: () -> Double
  ) -> [Execution] {
    if isEnding { dropOrdinary() }
    if crashes >= CrashBudget.limit, owesAfterCrash {
      giveUp(now: now, changes: &changes)
      return []
    }
    guard !due.isEmpty else { return [] }

    var executions: [Execution] = []
    var kept: [Int] = []
    let waiting = due
    due = []
    for index in waiting {
      let node = workflow.workflow.nodes[index]
      guard runningCount < workflow.workflow.concurrency, canExecute(node) else {
        kept.append(index)
        continue
      }
      var probe: String?
      if let circuit = node.circuit {
        switch circuits.position(of: circuit, now: now) {
        case .closed: break
        case .halfOpen: probe = circuit
        case .open(let until):
          meetOpenCircuit(index, until: until, now: now, random: random(), changes: &changes)
          continue
        }
      }
      nodes[index].status = .running
      nodes[index].attempt += 1
      runningCount += 1
      executions.append(
        Execution(
          node: index, attempt: nodes[index].attempt, wave: nodes[index].wave,
          input: input(of: index), probe: probe))
    }
    due = kept + due
    return executions
  }

  /// Somebody asked for the end of the run.
  public mutating func requestCancel(_ request: CancelRequest) {
    if cancel == nil { cancel = request }
  }

  /// The nodes whose attempts are in flight.
  public var running: [Int] {
    runningCount == 0 ? [] : nodes.indices.filter { nodes[$0].status == .running }
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
    default: break
    }
  }

  /// Lets time pass: the deadline, and what slept until now.
  mutating func tick(now: Moment) {
    if !isEnding, let deadline, deadline <= now { isPastDeadline = true }
    if isEnding { dropOrdinary() }
    wakeSleepers(now: now)
  }

  /// The moment at which a node that sleeps is due; nil if nothing will wake it.
  func wakingMoment(of index: Int) -> Moment? {
    switch nodes[index].status {
    case .retrying(let moment), .parked(let moment):
      let mayWake = !isEnding || cancel == nil && workflow.isErrorHandler[origin(of: index)]
      return mayWake ? moment : nil
    default: return nil
    }
  }

  /// What is due and ordinary is not started any more: it goes back to where it was. What has
  /// a row that says it will go on sleeps, so that the end of the run cancels it.
  private mutating func dropOrdinary() {
    guard !due.isEmpty else { return }
    let waiting = due
    due = []
    for index in waiting {
      if cancel == nil, workflow.isErrorHandler[origin(of: index)] {
        due.append(index)
      } else {
        owed.remove(index)
        if nodes[index].error != nil {
          nodes[index].status = .retrying(Moment(microseconds: .max))
          sleepingCount += 1
        } else {
          nodes[index].status = .idle
        }
      }
    }
  }

  private mutating func wakeSleepers(now: Moment) {
    guard sleepingCount > 0 else { return }
    for index in nodes.indices {
      guard let moment = wakingMoment(of: index), moment <= now else { continue }
      nodes[index].status = .due
      sleepingCount -= 1
      due.append(index)
    }
  }

  private mutating func meetOpenCircuit(
    _ index: Int, until: Moment, now: Moment, random: Double, changes: inout Changes
  ) {
    let node = workflow.workflow.nodes[index]
    let error = NodeError(
      .circuitOpen, "the circuit \(node.circuit ?? "") is open", code: "circuit_open",
      context: NodeError.Context(
        node: node.id, operation: "plan", attempt: nodes[index].attempt, wave: nodes[index].wave))
    switch node.whenOpen {
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
          node: workflow.workflow.nodes[index].id, operation: "execute",
          attempt: nodes[index].attempt, wave: nodes[index].wave, worker: losses.last?.worker,
          metadata: ["workers": losses.map(\.worker).joined(separator: " ")]))
      apply(.failed(error), to: index, started: now, now: now, changes: &changes)
    }
    due = due.filter { nodes[$0].status == .due }
    owed = []
  }
}
