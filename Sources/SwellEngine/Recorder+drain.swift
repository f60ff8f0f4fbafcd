import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

extension Recorder {
  func heard(stop wanted: Int) {
    guard wanted > stop else { return }
    stop = wanted
    let grace = stop > 1 ? Duration.zero : configuration.grace
    drainDeadline = MonotonicClock.now() + grace
    unknownDeadline = MonotonicClock.now() + min(grace, .seconds(10))
  }

  /// Stops in order: what is in flight may finish within the grace time and is recorded; then
  /// it is cancelled, waited for, and only then are the claims given back. Returns true when
  /// nothing is held any more.
  func drain(
    over connection: PostgresConnection, now: Moment
  ) async throws(PostgresError) -> Bool {
    try await leaveUnreadable(over: connection)
    if held.isEmpty {
      // A row that somebody holds locked is freed as soon as that is possible, for a while.
      while nextReconcile < Moment(microseconds: .max) {
        try await reconcile(over: connection, isFirst: false)
        guard unknownClaims > 0, now < drainDeadline,
          MonotonicClock.now() < now + configuration.cancelGrace
        else { break }
        await pause(.milliseconds(50))
      }
      return true
    }
    let waiting = Set(busyRuns.map(\.id))
    for run in held.values
    where run.attempts.isEmpty && run.completions.isEmpty && !waiting.contains(run.id) {
      enqueue(run)
    }
    guard now >= drainDeadline else { return false }
    cancelAttempts()
    // Cancelled handlers return soon; one that does not is left behind with the process.
    let limit = MonotonicClock.now() + (stop > 1 ? .seconds(1) : configuration.cancelGrace)
    pulse.wait(index, until: limit + configuration.callTimeout)
    while held.values.contains(where: { !$0.attempts.isEmpty }), MonotonicClock.now() < limit {
      await pause(.milliseconds(20))
      collect()
    }
    try await release(over: connection)
    return true
  }

  /// Tells all attempts to end, because the worker stops.
  func cancelAttempts() {
    hasCancelled = true
    for run in held.values {
      for attempt in run.attempts.values where !attempt.isCommitting { attempt.handle.cancel() }
    }
  }

  private func release(over connection: PostgresConnection) async throws(PostgresError) {
    for run in held.values where !run.completions.isEmpty || !run.changes.isEmpty {
      enqueue(run)
    }
    let limit = MonotonicClock.now() + configuration.cancelGrace
    // One record may not take it all, or be refused and sent in parts.
    while !queue.isEmpty, MonotonicClock.now() < limit {
      pulse.wait(index, until: limit + configuration.callTimeout)
      try await exchange(nil, over: connection)
    }
    // A row that somebody holds locked is given back as soon as it is free, for a while.
    while !held.isEmpty {
      let runs = Array(held.values)
      let call = ReleaseCall.call(by: identity, runs: runs.map(\.id), tokens: runs.map(\.token))
      pulse.wait(index, until: MonotonicClock.now() + configuration.callTimeout)
      let rows = try await connection.query(
        call.statement, call.parameters, within: configuration.callTimeout)
      pulse.turn(index)
      let released = try Int(rows.first?.int32(0) ?? 0)
      if released > 0 {
        logger.notice("handed back what could not be finished", metadata: ["runs": "\(released)"])
      }
      // What is not held any more, or was released before, is not counted again.
      let left = try await stillHeld(over: connection)
      if left == 0 || MonotonicClock.now() > limit { break }
      await pause(.milliseconds(50))
    }
    for run in held.values { run.transaction = nil }
    held = [:]
  }

  /// How many claims this recorder has, by the tables.
  private func stillHeld(over connection: PostgresConnection) async throws(PostgresError) -> Int {
    let call = ReconcileCall.call(by: &identity, runs: [], tokens: [])
    pulse.wait(index, until: MonotonicClock.now() + configuration.callTimeout)
    let rows = try await connection.query(
      call.statement, call.parameters, within: configuration.callTimeout)
    pulse.turn(index)
    let reply = try ReconcileCall.Reply(rows)
    return reply.skipped
  }
}
