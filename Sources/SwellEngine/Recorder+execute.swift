import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

extension Recorder {
  /// Plans a run whose state is stored, and starts what is due. What is decided without
  /// executing anything goes with the next record.
  func start(_ run: HeldRun, now: Moment) {
    run.awaitsStart = false
    if stop == 0, !run.isStanding, run.refusal == nil {
      let executions = run.state.plan(
        now: now, circuits: board, policy: configuration.policy,
        secrets: configuration.secrets, changes: &run.changes,
        canExecute: canExecute, random: random)
      for execution in executions { launch(execution, of: run, now: now) }
    }
    if run.hasMoreMessages, run.state.runningCount > 0 {
      // It is given back, and claimed with the others, only after that: what was not brought along is to be told by
      // records.
      run.hasMoreMessages = false
      nextReconcile = now
    }
    if let moment = run.state.nextMoment() { nextRunMoment = min(nextRunMoment, moment) }
    if run.state.runningCount == 0 || !run.changes.isEmpty || run.state.hasNews { enqueue(run) }
  }

  /// How often an attempt that waits for a permit is looked at.
  private static let permitLook = Duration.milliseconds(100)

  private func launch(_ execution: Execution, of run: HeldRun, now: Moment) {
    let workflow = run.state.workflow.workflow
    let definition = run.state.definition(execution.node)
    let timeout = definition.timeout ?? workflow.timeout ?? configuration.policy.timeout
    if run.started == nil { run.started = now }
    let handle = AttemptHandle(token: run.token, hold: run.hold, node: execution.node)
    starting.append(
      AttemptRunner(
        request: NodeRequest(
          run: run.id, workflow: workflow.name, definition: definition,
          with: execution.with ?? definition.with,
          origin: run.state.workflow.isPart ? run.family?.parent ?? run.id : run.id,
          item: run.state.workflow.isPart ? run.family?.place.item ?? 0 : execution.unit.item,
          iteration: execution.unit.iteration, attempt: execution.attempt,
          wave: execution.wave, input: execution.input, timeout: timeout, handle: handle,
          host: host),
        entry: kinds.entry(definition.kind), probe: execution.probe.map { ($0, prober) }))
    run.attempts[execution.node] = HeldRun.Attempt(
      handle: handle, number: execution.attempt, wave: execution.wave, started: now,
      timeout: timeout, stopped: nil)
    nextAttemptCheck = min(nextAttemptCheck, now + min(timeout, Self.permitLook))
    if starting.count >= Self.mostHandedOver { handOver() }
  }

  /// How many attempts wait at most for the rest of their batch to be planned.
  private static let mostHandedOver = 64

  /// Has executed what was launched.
  func handOver() {
    guard !starting.isEmpty else { return }
    starter.start(starting)
    starting.removeAll(keepingCapacity: true)
  }

  /// Stops what runs of a run that is ending.
  func stopEnding(_ run: HeldRun) {
    guard run.state.isEnding, !run.attempts.isEmpty else { return }
    for node in run.state.runningToCancel {
      stopAttempt(node, of: run, reason: .ending, now: MonotonicClock.now())
    }
  }

  func stopAttempt(
    _ node: Int, of run: HeldRun, reason: HeldRun.StopReason, now: Moment
  ) {
    guard var attempt = run.attempts[node], attempt.stopped == nil, !attempt.isCommitting,
      !attempt.handle.hasEnded
    else { return }
    let leaksAt = now + configuration.cancelGrace
    attempt.stopped = (reason: reason, leaksAt: leaksAt)
    run.attempts[node] = attempt
    attempt.handle.cancel()
    nextAttemptCheck = min(nextAttemptCheck, leaksAt)
  }

  /// Looks at the attempts whose time is over: stops them, and gives up those that ignore it.
  func checkAttempts(now: Moment) {
    guard nextAttemptCheck <= now, !hasCancelled else { return }
    nextAttemptCheck = Moment(microseconds: .max)
    for run in held.values where !run.attempts.isEmpty {
      for (node, attempt) in run.attempts
      where !attempt.isCommitting && !attempt.handle.hasEnded {
        if let stopped = attempt.stopped {
          if stopped.leaksAt <= now {
            giveUp(node, attempt, stopped.reason, of: run, now: now)
          } else {
            nextAttemptCheck = min(nextAttemptCheck, stopped.leaksAt)
          }
        } else if let began = attempt.handle.began {
          let deadline = began + attempt.timeout
          if deadline <= now {
            stopAttempt(node, of: run, reason: .timeout, now: now)
          } else {
            nextAttemptCheck = min(nextAttemptCheck, deadline)
          }
        } else {
          nextAttemptCheck = min(nextAttemptCheck, now + Self.permitLook)
        }
      }
    }
  }

  /// A handler that ignores cancellation: its outcome is stored, its slot counts as leaked.
  private func giveUp(
    _ node: Int, _ attempt: HeldRun.Attempt, _ reason: HeldRun.StopReason, of run: HeldRun,
    now: Moment
  ) {
    run.attempts[node] = nil
    host.room.leaveLine(run.id, attempt.handle)
    if run.transaction?.ticket.node == node { endTransaction(of: run) }
    // What has not begun has nothing to listen with, and will not begin.
    if attempt.handle.began != nil { leaked(node, attempt, of: run) }
    run.completions.append(
      Completion(
        run: run.id, hold: run.hold, node: node, attempt: attempt.number,
        result: .failure(stopError(reason, run: run.id, attempt, node: node)),
        started: attempt.started, finished: now))
    enqueue(run)
  }

  private func leaked(_ node: Int, _ attempt: HeldRun.Attempt, of run: HeldRun) {
    metrics.change { $0.leakedSlots += 1 }
    if metrics.now.leakedSlots >= configuration.maxLeakedSlots {
      logger.critical("too many handlers ignore cancellation; this worker stops")
      for box in [mailbox] + peers { box.change { $0.stop = max($0.stop, 1) } }
    }
    logger.error(
      "a handler ignores cancellation; its slot is leaked",
      metadata: [
        "run": "\(run.id)", "node": "\(run.state.definition(node).id)",
        "attempt": "\(attempt.number)",
      ])
  }

  func stopError(
    _ reason: HeldRun.StopReason, run id: PostgresUUID, _ attempt: HeldRun.Attempt,
    node: Int
  ) -> NodeError {
    let context = NodeError.Context(
      node: held[id]?.state.definition(node).id, operation: "execute",
      attempt: attempt.number, wave: attempt.wave, worker: "\(worker)")
    switch reason {
    case .timeout:
      return NodeError(
        .timeout, "the attempt took longer than \(attempt.timeout)",
        code: "attempt_timeout", context: context)
    case .noRoom:
      return held[id]?.state.tooLarge(node)
        ?? NodeError(.tooLarge, "the run has no room for the output", code: "run_too_large")
    case .ending:
      return NodeError(
        .cancelled, "stopped because the run is ending", code: "run_ending", context: context)
    }
  }
}
