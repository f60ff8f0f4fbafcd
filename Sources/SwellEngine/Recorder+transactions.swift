import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

/// Transactions of attempts, which carry the record of their own success.
///
/// Of one run there is at most one at a time, and none beside a record of that run. What comes up meanwhile
/// goes with the next record; then the next transaction has its turn, so neither starves the other.
extension Recorder {
  func take(_ event: TransactionEvent) {
    switch event {
    case .asked(let ticket):
      guard let run = run(of: ticket) else {
        ticket.turn.give(false)
        return
      }
      run.waitingTickets.append(ticket)
      if !run.owesRecord { admit(run) }
    case .committed(let ticket, let reply, let moment): committed(ticket, reply, at: moment)
    case .left(let ticket, let claimIsGone): left(ticket, claimIsGone: claimIsGone)
    }
  }

  /// The run that a ticket is of, while its attempt is in flight here.
  private func run(of ticket: TransactionTicket) -> HeldRun? {
    guard let run = held[ticket.run], run.hold == ticket.hold,
      run.attempts[ticket.node]?.number == ticket.attempt
    else { return nil }
    return run
  }

  /// Gives the run to the first transaction that still waits for it.
  func admit(_ run: HeldRun) {
    guard isServing, run.transaction == nil, !run.isInFlight, !run.awaitsStart,
      // A reconcile that is due looks at it without one.
      !run.isUnreconciled
    else { return }
    while !run.waitingTickets.isEmpty {
      let ticket = run.waitingTickets.removeFirst()
      guard let attempt = run.attempts[ticket.node], attempt.number == ticket.attempt,
        attempt.stopped == nil, !attempt.handle.isCancelled
      else {
        ticket.turn.give(false)
        continue
      }
      if ticket.turn.give(true) {
        run.transaction = HeldRun.OpenTransaction(ticket: ticket)
        return
      }
    }
  }

  /// Whether a run stays out of the batch: a transaction of it is open, or begins now.
  func isTaken(_ run: HeldRun) -> Bool {
    if run.transaction == nil, !run.owesRecord, !run.waitingTickets.isEmpty { admit(run) }
    run.owesRecord = false
    guard run.transaction != nil else { return false }
    run.isDeferred = true
    return true
  }

  /// The record of a transaction whose effect is there, for itself to send; nil when its success must not be stored.
  ///
  /// Given at any time: what this recorder waits for meanwhile may be waiting for that very transaction, as behind a
  /// pooler all of whose connections are in one.
  func record(
    of ticket: TransactionTicket, _ output: Payload, started: Moment, finished: Moment
  ) -> Call? {
    guard !isOver, let run = run(of: ticket), run.transaction?.ticket === ticket,
      !run.isFromElsewhere, let attempt = run.attempts[ticket.node], attempt.stopped == nil,
      !attempt.handle.isCancelled, !attempt.handle.hasEnded
    else { return nil }
    let now = MonotonicClock.now()
    guard run.state.hasRoom(for: output) else {
      // A failure takes no effect along.
      run.attempts[ticket.node]?.stopped = (.noRoom, now + configuration.cancelGrace)
      nextAttemptCheck = min(nextAttemptCheck, now + configuration.cancelGrace)
      return nil
    }
    let completion = Completion(
      run: run.id, hold: run.hold, node: ticket.node, attempt: ticket.attempt,
      result: .success(output), started: started, finished: finished)
    var missing: Set<LaneKey> = []
    guard let item = settle(run, [completion], now: now, missing: &missing) else { return nil }
    wantedLanes.formUnion(missing)
    setAnyLane(item, now: now)
    if case .giveBack = item.entry.transition, expectsNews || !isServing {
      // A reply that is on its way may tell it of a signal, of which nobody would hear if it were given back now.
      item.entry.transition = .goOn
      item.entry.lane = nil
    } else if !isServing, item.laneKey != nil {
      // Another server, or one that was restored, may not have that lane.
      item.entry.lane = LaneKey.everybodys
    }
    run.transaction?.item = item
    run.attempts[ticket.node]?.isCommitting = true
    return fencedRecord(item, now: now)
  }

  private func committed(_ ticket: TransactionTicket, _ reply: RecordReply, at moment: Moment) {
    metrics.change {
      $0.executed += 1
      $0.transactions += 1
    }
    guard let run = run(of: ticket), let transaction = run.transaction,
      transaction.ticket === ticket, let item = transaction.item
    else { return }
    run.attempts[ticket.node] = nil
    run.transaction = nil
    for run in took([item], reply, at: moment, isFenced: true) {
      start(run, now: MonotonicClock.now())
    }
    goOn(run)
  }

  private func left(_ ticket: TransactionTicket, claimIsGone: Bool) {
    guard let run = run(of: ticket), run.transaction?.ticket === ticket else { return }
    if claimIsGone { return drop(run, why: "the claim is gone: another worker has the run") }
    let late = run.transaction?.late
    // What its record had settled besides, such as what the clock had made due, is looked at again.
    if run.transaction?.item != nil { run.isDeferred = true }
    undo(run)
    endTransaction(of: run)
    if let late { mailbox.post(late) }
  }

  /// The success that a transaction was to carry did not come to be.
  private func undo(_ run: HeldRun) {
    guard let transaction = run.transaction, let item = transaction.item else { return }
    run.transaction?.item = nil
    run.attempts[transaction.ticket.node]?.isCommitting = false
    restore(run, item.before, item.beforeChanges)
  }

  /// Takes a run back to what it was, with everything that people have said since.
  func restore(_ run: HeldRun, _ state: RunState, _ changes: Changes) {
    let cancel = run.state.cancel
    let inbox = run.state.inbox
    run.state = state
    run.changes = changes
    if let cancel { run.state.requestCancel(cancel) }
    for message in inbox { run.state.receive(message) }
  }

  func endTransaction(of run: HeldRun) {
    run.transaction = nil
    goOn(run)
  }

  /// After a transaction: what came up meanwhile is recorded before the next one begins.
  private func goOn(_ run: HeldRun) {
    guard held[run.id] === run else { return }
    if run.isUnreconciled { nextReconcile = min(nextReconcile, MonotonicClock.now()) }
    if run.isDeferred {
      run.isDeferred = false
      run.owesRecord = true
      enqueue(run)
    } else {
      admit(run)
    }
  }
}
