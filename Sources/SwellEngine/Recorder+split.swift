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

  /// Finds what is at fault within one run. What had been decided before goes alone, then each success, and then a
  /// success without what follows from it. A success that is refused even so fails as `serialization`; where it was
  /// something else, the run fails.
  private func isolate(
    _ item: Item, error: PostgresError, over connection: PostgresConnection
  ) async throws(PostgresError) {
    let run = item.run
    logger.error(
      "the database refused a result",
      metadata: ["run": "\(run.id)", "error": "\(error)"])
    restore(run, item.before, item.beforeChanges)
    let successes = item.completions.count { if case .success = $0.result { true } else { false } }
    if !item.beforeChanges.isEmpty, successes > 0 {
      try await exchange(only: run, item.completions, first: 0, over: connection)
      return
    }
    if successes > 1 {
      try await exchange(only: run, item.completions, first: 1, over: connection)
      return
    }
    if successes == 1, !run.recordsEndsOnly {
      run.recordsEndsOnly = true
      try await exchange(
        only: run, item.completions, first: item.completions.count, over: connection)
      return
    }
    run.recordsEndsOnly = false
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

  /// Sends a record with the first of what has ended of a run; the rest waits its turn in the run's mailbox.
  private func exchange(
    only run: HeldRun, _ completions: [Completion], first count: Int,
    over connection: PostgresConnection
  ) async throws(PostgresError) {
    run.completions = Array(completions.prefix(count))
    let rest = Array(completions.dropFirst(count))
    let others = queue
    queue = []
    run.isQueued = false
    enqueue(run)
    defer {
      queue.append(contentsOf: others)
      if held[run.id] === run, !rest.isEmpty {
        run.completions.append(contentsOf: rest)
        enqueue(run)
      }
    }
    try await exchange(nil, over: connection)
  }
}
