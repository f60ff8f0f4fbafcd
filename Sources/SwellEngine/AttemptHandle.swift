import Dispatch
import SwellCore
import SwellPostgres
import Synchronization

/// One attempt, as the recorder that asked for it and the thread that executes it share it.
final class AttemptHandle: Sendable {
  /// The token of the claim, for the database.
  let token: Int64
  /// The hold of the run, and the index of the node: what the recorder knows it by.
  let hold: Int
  let node: Int

  private struct State {
    var transaction: AttemptTransaction?
    var began: (moment: Moment, deadline: ContinuousClock.Instant)?
    var task: RunningTask?
    var isCancelled = false
    var hasEnded = false
  }

  private let state = Mutex(State())

  init(token: Int64, hold: Int, node: Int) {
    self.token = token
    self.hold = hold
    self.node = node
  }

  /// Whether it has committed a transaction with its success.
  var hasCommitted: Bool {
    state.withLock { $0.transaction }?.outcome == .committed
  }

  /// Its one transaction; most attempts have none, and make none.
  func transaction(_ make: () -> AttemptTransaction) -> AttemptTransaction {
    state.withLock { state in
      if let known = state.transaction { return known }
      let fresh = make()
      state.transaction = fresh
      return fresh
    }
  }

  /// When it began to execute; nil while it waits for its turn or for a permit.
  var began: Moment? { state.withLock { $0.began?.moment } }

  /// When its time is over; nil until it begins.
  var deadline: ContinuousClock.Instant? { state.withLock { $0.began?.deadline } }

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func begin(_ moment: Moment, timeout: Duration) {
    let deadline = ContinuousClock.now + timeout
    state.withLock { $0.began = (moment, deadline) }
  }

  /// Whether its outcome has been posted: then nothing stops it any more.
  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  /// Its outcome is about to be posted.
  func end() {
    state.withLock { $0.hasEnded = true }
  }

  /// Cancels the task that executes the attempt. One that has none yet is not begun, one that has ended has.
  func cancel() {
    let task = state.withLock { state in
      if state.hasEnded { return RunningTask?.none }
      state.isCancelled = true
      return state.task
    }
    guard let task else { return }
    // Not here, where the recorder is: this calls what handlers have left to be called, which may block.
    DispatchQueue.global().async { task.cancel() }
  }

  /// A task begins to execute the attempt.
  func enter(_ task: RunningTask) {
    state.withLock { $0.task = task }
  }

  /// The task has executed the attempt. Returns whether it may execute another one: a task that is
  /// cancelled stays so.
  func leave() -> Bool {
    state.withLock { state in
      state.task = nil
      return !state.isCancelled
    }
  }
}
