import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

extension Recorder {
  /// Halves a batch that the server refused for a value, down to the one run at fault.
  func split(
    _ items: [Item], error: PostgresError, over connection: PostgresConnection
  ) async throws(PostgresError) {
    metrics.change { $0.splitBatches += 1 }
    guard items.count > 1 else {
      try await isolate(items[0], error: error, over: connection)
      return
    }
    let middle = items.count / 2
    let halves = [Array(items[..<middle]), Array(items[middle...])]
    for (place, half) in halves.enumerated() {
      do throws(PostgresError) {
        try await send(half, over: connection)
      } catch {
        if error.blamesValue {
          try await split(half, error: error, over: connection)
          continue
        }
        putBack(halves[place...].flatMap { $0 })
        throw error
      }
    }
  }

  private func send(
    _ items: [Item], over connection: PostgresConnection
  ) async throws(PostgresError) {
    let now = MonotonicClock.now()
    pulse.wait(index, until: now + configuration.callTimeout)
    let rows = try await connection.pipeline(
      [record(items, now: now)], within: configuration.callTimeout)
    pulse.turn(index)
    let goingOn = took(items, try RecordReply(rows[0]))
    try await follow(Landing(goingOn: goingOn), over: connection)
  }

  /// Finds the outcome at fault within one run: each of its successes goes alone, and the one
  /// that is refused fails as `serialization`.
  private func isolate(
    _ item: Item, error: PostgresError, over connection: PostgresConnection
  ) async throws(PostgresError) {
    let run = item.run
    logger.error(
      "the database refused a result",
      metadata: ["run": "\(run.id)", "error": "\(error)"])
    restore(run, item.before, item.beforeChanges)
    let successes = item.completions.count { if case .success = $0.result { true } else { false } }
    if successes > 1 {
      // One at a time; the rest waits its turn in the mailbox of the run.
      run.completions = [item.completions[0]]
      let rest = Array(item.completions.dropFirst())
      defer {
        if held[run.id] === run {
          run.completions.append(contentsOf: rest)
          enqueue(run)
        }
      }
      try await exchange(nil, only: run, over: connection)
      return
    }
    run.completions = item.completions.map { completion in
      guard case .success = completion.result else { return completion }
      var failed = completion
      let node = run.state.definition(completion.node)
      failed.result = .failure(
        NodeError(
          .serialization, "PostgreSQL refused the output: \(error.message)",
          code: error.sqlState.map { "sqlstate_\($0)" },
          context: NodeError.Context(
            node: node.id, operation: "record", attempt: completion.attempt,
            worker: "\(worker)", metadata: error.detail.map { ["detail": $0] } ?? [:])))
      return failed
    }
    if successes == 0 {
      refuse(run, error: error)
      return
    }
    enqueue(run)
  }

  /// Nothing of it is an output, and yet its rows are refused: the run fails, and says why.
  private func refuse(_ run: HeldRun, error: PostgresError) {
    for attempt in run.attempts.values { attempt.handle.cancel() }
    guard run.refusal == nil else {
      // Not even the bare refusal can be stored: reconcile frees it.
      nextReconcile = MonotonicClock.now() + .seconds(5)
      drop(run, why: "the database refuses its record: \(error)")
      return
    }
    let refusal = NodeError(
      .serialization, "PostgreSQL refused the record: \(error.message)",
      code: error.sqlState.map { "sqlstate_\($0)" })
    run.attempts = [:]
    run.completions = []
    run.changes = run.changes.refused(refusal, now: MonotonicClock.now())
    run.changes.stops = run.state.everyChildStop
    run.refusal = refusal
    enqueue(run)
  }

  private func exchange(
    _ claim: ClaimCall?, only run: HeldRun, over connection: PostgresConnection
  ) async throws(PostgresError) {
    let others = queue
    queue = []
    run.isQueued = false
    enqueue(run)
    do throws(PostgresError) {
      try await exchange(claim, over: connection)
    } catch {
      queue.append(contentsOf: others)
      throw error
    }
    queue.append(contentsOf: others)
  }
}
