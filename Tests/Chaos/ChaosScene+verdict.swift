import SwellTesting
import Synchronization

extension ChaosScene {
  /// Reads tables and ledger, and judges.
  func verdict() async throws -> ChaosVerdict {
    var verdict = ChaosVerdict()
    let state = state.withLock { $0 }
    let evidence = try await ChaosEvidence(
      database: database, ledger: ledger, clockOffset: state.clockOffset)
    verdict.runs = evidence.runs.count
    judgeRuns(state, evidence, &verdict)
    judgeEffects(evidence, &verdict)
    judgeExecutions(state, evidence, &verdict)
    judgeTimes(state, evidence, &verdict)
    for breach in evidence.breaches {
      if breach.hasPrefix("a stale worker wrote") {
        verdict.violations.append(breach)
      } else {
        verdict.doubled.append(breach)
      }
    }
    verdict.violations += evidence.violations + state.failures
    if state.forbidsLosses, !evidence.losses.isEmpty {
      verdict.violations.append("\(evidence.losses.count) runs were taken from living workers")
    }
    await measure(state, evidence, &verdict)
    return verdict
  }

  private func judgeRuns(
    _ state: State, _ evidence: ChaosEvidence, _ verdict: inout ChaosVerdict
  ) {
    for (run, stored) in evidence.runs where stored.state == "live" {
      verdict.stranded.append("run \(run): \(stored.words)")
    }
    for (run, expected) in state.acknowledged {
      guard let stored = evidence.runs[run] else {
        verdict.lost.append("run \(run) was acknowledged and is not there")
        continue
      }
      guard stored.state != "live", !fits(stored, expected) else { continue }
      if state.toleratesCrashBudget, stored.errorKind == "workerLost",
        evidence.losses[run, default: []].count >= 3
      {
        verdict.overBudget += 1
        continue
      }
      verdict.lost.append("run \(run) was to end as \(expected): \(stored.words)")
    }
  }

  private func fits(_ run: ChaosEvidence.Run, _ expected: Expectation) -> Bool {
    switch expected {
    case .succeeded: run.state == "succeeded"
    case .failed(let kind): run.state == "failed" && run.errorKind == kind
    case .cancelled: run.state == "cancelled"
    case .ended: true
    }
  }

  /// A success that is stored has its effect in the ledger.
  private func judgeEffects(_ evidence: ChaosEvidence, _ verdict: inout ChaosVerdict) {
    let effects = Set(evidence.ledgered.entries.filter { $0.event == "effect" }.map(\.node))
    for node in evidence.successes.keys
    where evidence.nodesWithEffects.contains(node) && !effects.contains(node) {
      verdict.lost.append("the effect of \(node.node) of run \(node.run)")
    }
  }

  /// Nothing is executed after its success is stored, and an attempt is executed again only if
  /// who executed it before was given up, or was told to stop.
  private func judgeExecutions(
    _ state: State, _ evidence: ChaosEvidence, _ verdict: inout ChaosVerdict
  ) {
    let excused = Set(evidence.workers.filter { state.stopped.contains($0.value) }.map(\.key))
    let late = Set(evidence.workers.filter { state.stalled.contains($0.value) }.map(\.key))
    for (key, executions) in evidence.ledgered.executions(from: state.forgottenBefore) {
      let name = "\(key.node.node) of run \(key.node.run), attempt \(key.attempt)"
      for execution in executions {
        if let stored = evidence.successes[key.node], execution.at > stored,
          !late.contains(execution.worker)
        {
          verdict.doubled.append("\(name) began \(execution.at - stored) s after its success")
        }
      }
      for (one, next) in zip(executions, executions.dropFirst()) {
        if excused.contains(one.worker) || late.contains(next.worker) { continue }
        let lost = evidence.losses[key.node.run, default: []].contains {
          $0.worker == one.worker && $0.at > one.at - Self.unaware
        }
        if !lost {
          verdict.doubled.append(
            "\(name) began again on \(next.worker) without \(one.worker) having lost it")
        }
      }
    }
  }

  /// Who has lost a run may begin what is due by the clock alone until its next call tells it so;
  /// that is when the heartbeat's limit is over, at the latest.
  private static let unaware = 10.0

  /// Nothing starts before it is due.
  private func judgeTimes(
    _ state: State, _ evidence: ChaosEvidence, _ verdict: inout ChaosVerdict
  ) {
    for (key, executions) in evidence.ledgered.executions(from: state.forgottenBefore) {
      guard let first = executions.first?.at else { continue }
      if let due = state.due[key.node.run], first < due {
        verdict.violations.append(
          "run \(key.node.run) began \(due - first) s before its scheduled_at")
      }
      if let due = evidence.retriesDue[key], first < due {
        verdict.violations.append(
          "attempt \(key.attempt) of \(key.node.node) of run \(key.node.run) began "
            + "\(due - first) s before it was due")
      }
    }
  }

  private func measure(
    _ state: State, _ evidence: ChaosEvidence, _ verdict: inout ChaosVerdict
  ) async {
    for fault in state.faults {
      switch fault.proof {
      case .probe(let task):
        task.cancel()
        guard let run = await task.value,
          let entry = evidence.ledgered.entries.first(where: { $0.node.run == run })
        else {
          verdict.violations.append(
            "nothing that was enqueued after it was executed: \(fault.words)")
          continue
        }
        verdict.resumed.append((entry.at - fault.at) * 1000)
      case .moment(let moment): verdict.resumed.append((moment - fault.at) * 1000)
      case .victim(let pid):
        guard let worker = evidence.workers.first(where: { $0.value == pid })?.key else { continue }
        let starts = evidence.startsElsewhere(of: worker, after: fault.at)
        if starts.isEmpty, state.killedInFlight.contains(pid), verdict.overBudget == 0 {
          verdict.violations.append("what was in flight began nowhere else: \(fault.words)")
        }
        if let first = starts.min() { verdict.resumed.append((first - fault.at) * 1000) }
        if let last = starts.max() { verdict.allResumed.append((last - fault.at) * 1000) }
      }
    }
  }
}
