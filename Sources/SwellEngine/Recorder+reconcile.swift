import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

extension Recorder {
  /// Finds out what became of everything that this recorder holds, after any break: waits for
  /// what the old connection still does, and raises the epoch so that nothing of it comes later.
  func reconcile(
    over connection: PostgresConnection, isFirst: Bool
  ) async throws(PostgresError) {
    handOver()
    let runs = Array(held.values)
    let call = ReconcileCall.call(
      by: &identity, runs: runs.map(\.id), tokens: runs.map(\.token))
    pulse.wait(index, until: MonotonicClock.now() + longestFlight)
    // What is stored of many large runs may be more than passes in the usual time.
    let rows = try await connection.send(
      [call], within: configuration.callTimeout, atMost: longestFlight
    ).rows()
    pulse.turn(index)
    let reply = try ReconcileCall.Reply(rows[0])
    // It was freed: it is not held.
    unreadable = []
    unknownClaims = reply.skipped
    nextReconcile =
      reply.skipped > 0 ? MonotonicClock.now() + .seconds(1) : Moment(microseconds: .max)
    nextClaim = Moment(microseconds: .min)
    lookReach.mustLookEverywhere()
    let isElsewhere = timeline != nil && reply.timeline != nil && reply.timeline != timeline
    timeline = reply.timeline ?? timeline
    if isElsewhere {
      // Behind a pooler no connection need have broken over it.
      lanes.forgetLanes()
      library.forget()
    }
    // What had been shown is to be shown again.
    signalReach.forget(now: MonotonicClock.now(), isElsewhere: isElsewhere)
    nextLaneLook = nextClaim
    lanes.forgetBounds()
    guard !isFirst else { return }
    metrics.change { $0.reconciled += 1 }
    if isElsewhere { mayBeForgotten(runs) }
    for run in runs {
      guard let stored = reply.held[run.id] else {
        // Either its last record was stored and ended or gave back the run, or it was rescued.
        for attempt in run.attempts.values { attempt.handle.cancel() }
        run.transaction = nil
        held[run.id] = nil
        continue
      }
      // What its transaction stores is known when that has ended.
      if run.transaction != nil {
        run.isUnreconciled = true
        continue
      }
      resume(run, stored: stored)
    }
    logger.notice(
      "reconciled with the database",
      metadata: [
        "held": "\(reply.held.count)", "gone": "\(reply.lost.count)",
        "freed": "\(reply.freed)", "epoch": "\(reply.epoch)",
      ])
    updateGauges()
  }

  /// A standby that has not got the last signals gives their ids to others: who has seen the one would pass over the other.
  /// What is stored of a run with a transaction is compared only after that, which must not store what this server has not.
  private func mayBeForgotten(_ runs: [HeldRun]) {
    for run in runs where !run.seenSignals.isEmpty || run.transaction != nil {
      run.isFromElsewhere = true
    }
  }

  /// A run that is still held: what the lost call stored is not stored twice, what it did not
  /// store goes with the next record, and what it stored is planned on.
  private func resume(_ run: HeldRun, stored: [ReconcileCall.Reply.Stored]) {
    var byUnit: [Unit: ReconcileCall.Reply.Stored] = [:]
    byUnit.reserveCapacity(stored.count)
    for row in stored {
      guard let node = run.state.workflow.index(of: row.node) else { continue }
      byUnit[Unit(node: node, item: row.item, iteration: row.iteration)] = row
    }
    run.isUnreconciled = false
    // What was refused stays unstored.
    let isForgotten =
      run.isFromElsewhere
      || run.refusal == nil && !run.isIsolating && !run.recordsEndsOnly
        && run.state.isAhead(beside: run.changes) { unit in
          byUnit[unit].map { ($0.state, $0.attempt) }
        }
    if isForgotten {
      // Another server, which has not got what this one was told is stored: its tables say how the run goes on.
      drop(
        run,
        why: run.isFromElsewhere
          ? "the database is another one, and may not have got all of it"
          : "the database has lost some of what it had stored of it")
      nextReconcile = MonotonicClock.now()
      // Until then this worker is not done.
      unknownClaims += 1
      return
    }
    var wasStored = false
    for at in run.changes.rows.indices {
      let row = run.changes.rows[at]
      guard let known = byUnit[row.unit] else { continue }
      run.changes.rows[at].isFresh = false
      if known.state == row.state.rawValue, known.attempt == row.attempt { wasStored = true }
    }
    // Rows written twice are the same rows; a circuit counted twice would not be.
    if wasStored { run.changes.circuits = [] }
    run.laneKinds = nil
    enqueue(run)
  }
}
