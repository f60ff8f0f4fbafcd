import Logging
import SwellCore
import SwellStore

extension Recorder {
  /// Somebody speaks to a run, which may be held here.
  func take(_ signal: SignalReport) {
    guard let run = held[signal.run] else { return }
    if signal.kind == .unreadable { return missed(signal, by: run) }
    guard run.seenSignals.insert(signal.id).inserted else { return }
    run.unreadableSignals.remove(signal.id)
    run.nextHearing = Moment(microseconds: .min)
    switch signal.kind {
    case .cancel:
      run.state.requestCancel(.init(by: signal.sender, reason: signal.reason))
      stopEnding(run)
      enqueue(run)
    case .workerLost:
      run.crashSignals.append(signal.id)
    case .pause, .resume:
      // A heartbeat that was on its way may tell what was wanted before.
      guard signal.id > run.lastWish else { return }
      run.lastWish = signal.id
      run.isPausing = signal.kind == .pause
      enqueue(run)
    case .signal, .answer, .child:
      guard let message = Message(signal) else { return }
      run.state.receive(message)
      enqueue(run)
    case .more, .unreadable, .unknown: break
    }
  }

  /// The server cannot read what was said to a run. The claim that follows pauses it; while something of it is in flight
  /// the server is asked again.
  private func missed(_ signal: SignalReport, by run: HeldRun) {
    guard !run.seenSignals.contains(signal.id) else { return }
    if run.unreadableSignals.insert(signal.id).inserted {
      logger.error(
        "the database cannot read what was said to a run; it is given back once nothing of it is in flight",
        metadata: ["run": "\(run.id)", "signal": "\(signal.id)"])
      enqueue(run)
    }
    nextReconcile = min(nextReconcile, MonotonicClock.now() + .seconds(60))
  }

  /// A record has told of a run, or has said that there is more to be told.
  func told(_ run: HeldRun, isPart: Bool, upTo moment: Moment, now: Moment) {
    guard !isPart, !run.hasMoreMessages, run.unreadableSignals.isEmpty else {
      // Somebody may have one of its signals locked, for as long as they like.
      guard run.state.isUnsure(now: now) else { return }
      run.nextHearing = now + .milliseconds(min(20 << min(run.hearings, 6), 1000))
      run.hearings += 1
      return
    }
    run.hearings = 0
    if run.state.hear(upTo: moment) { enqueue(run) }
  }

  /// Whether there is nothing to say of a run but that it asks again whether somebody has spoken to it, for which it is
  /// too early.
  func isEarly(_ run: HeldRun, now: Moment) -> Bool {
    guard run.nextHearing > now, run.completions.isEmpty, run.changes.isEmpty, !run.owesRecord,
      !run.state.hasNews, run.state.runningCount > 0, run.state.isOnlyUnsure(now: now)
    else { return false }
    nextRunMoment = min(nextRunMoment, run.nextHearing)
    return true
  }
}
