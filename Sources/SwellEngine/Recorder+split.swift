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
      let half = half.filter { !isOutdated($0) }
      if half.isEmpty { continue }
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

  /// Takes back an item that gives its run back, if more of it has come up since it was settled, such as a signal that an
  /// earlier part of the batch told: nobody would hear it.
  private func isOutdated(_ item: Item) -> Bool {
    guard case .giveBack = item.entry.transition, item.run.isQueued, held[item.run.id] === item.run
    else { return false }
    restore(item.run, item.before, item.beforeChanges)
    item.run.completions.insert(contentsOf: item.completions, at: 0)
    return true
  }

  private func send(
    _ items: [Item], over connection: PostgresConnection
  ) async throws(PostgresError) {
    let now = MonotonicClock.now()
    handOver()
    pulse.wait(index, until: now + longestFlight)
    waiting = .reply
    expectsNews = true
    defer {
      waiting = .nothing
      expectsNews = false
    }
    let rows = try await connection.send(
      [record(items, now: now)], within: configuration.callTimeout, atMost: longestFlight
    ).rows()
    waiting = .nothing
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
    if run.refusal == nil, !item.beforeChanges.isEmpty, !item.completions.isEmpty {
      try await exchange(only: run, item.completions, first: 0, over: connection)
      return
    }
    if item.completions.count > 1 {
      try await exchange(only: run, item.completions, first: 1, over: connection)
      return
    }
    guard var completion = item.completions.first, case .success = completion.result else {
      refuse(run, error: error)
      return
    }
    if !run.recordsEndsOnly {
      run.recordsEndsOnly = true
      try await exchange(only: run, [completion], first: 1, over: connection)
      return
    }
    run.recordsEndsOnly = false
    completion.result = .failure(
      NodeError(
        .serialization, "PostgreSQL refused the output: \(error.message)",
        code: error.sqlState.map { "sqlstate_\($0)" },
        context: NodeError.Context(
          node: run.state.definition(completion.node).id, operation: "record",
          attempt: completion.attempt, worker: "\(worker)",
          metadata: error.detail.map { ["detail": $0] } ?? [:])))
    run.completions.insert(completion, at: 0)
    enqueue(run)
  }

  /// Nothing of it is an output, and yet its rows are refused: the run fails, and says why. What is in flight is stopped,
  /// and what succeeds all the same is stored.
  private func refuse(_ run: HeldRun, error: PostgresError) {
    let now = MonotonicClock.now()
    for node in run.attempts.keys { stopAttempt(node, of: run, reason: .ending, now: now) }
    let refusal =
      run.refusal
      ?? NodeError(
        .serialization, "PostgreSQL refused the record: \(error.message)",
        code: error.sqlState.map { "sqlstate_\($0)" })
    run.refusal = refusal
    run.refusedRefusals += 1
    switch run.refusedRefusals {
    case 1: run.changes = run.changes.successes
    case 2: run.changes = run.changes.refused(refusal, now: now)
    default:
      // Not even the bare refusal can be stored: reconcile frees it.
      nextReconcile = now + .seconds(5)
      drop(run, why: "the database refuses its record: \(error)")
      return
    }
    run.completions.removeAll { completion in
      if case .success = completion.result { false } else { true }
    }
    run.changes.stops = run.isUnreadable || run.state.workflow.hasChildren ? [.every] : []
    enqueue(run)
  }

  /// Sends a record with the first of what has ended of a run; the rest waits its turn in the run's mailbox.
  private func exchange(
    only run: HeldRun, _ completions: [Completion], first count: Int,
    over connection: PostgresConnection
  ) async throws(PostgresError) {
    let rest = completions.dropFirst(count) + run.completions
    run.completions = Array(completions.prefix(count))
    // A signal that came with an earlier part of the batch may have queued it again.
    let others = queue.filter { $0 !== run }
    queue = []
    run.isQueued = false
    run.isIsolating = !rest.isEmpty
    // No transaction comes first.
    run.owesRecord = true
    enqueue(run)
    defer {
      run.isIsolating = false
      queue.append(contentsOf: others)
      if held[run.id] === run, !rest.isEmpty {
        run.completions.append(contentsOf: rest)
        enqueue(run)
      }
    }
    try await exchange(nil, over: connection)
  }
}
