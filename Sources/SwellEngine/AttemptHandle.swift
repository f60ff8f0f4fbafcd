import SwellCore
import Synchronization

/// One attempt, as the recorder that asked for it and the thread that executes it share it.
final class AttemptHandle: Sendable {
  /// The token of the claim, and the index of the node: what the recorder knows it by.
  let token: Int64
  let node: Int

  private struct State {
    var transaction: AttemptTransaction?
    var began: Moment?
    var task: Task<Void, Never>?
    var isCancelled = false
  }

  private let state = Mutex(State())

  init(token: Int64, node: Int) {
    self.token = token
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
  var began: Moment? { state.withLock { $0.began } }

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func begin(_ moment: Moment) {
    state.withLock { $0.began = moment }
  }

  /// Cancels the attempt's task, also when it has none yet.
  func cancel() {
    let task = state.withLock { state in
      state.isCancelled = true
      return state.task
    }
    task?.cancel()
  }

  /// Takes over the task that executes the attempt.
  func adopt(_ task: Task<Void, Never>) {
    let isCancelled = state.withLock { state in
      state.task = task
      return state.isCancelled
    }
    if isCancelled { task.cancel() }
  }
}
