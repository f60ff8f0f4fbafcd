import Synchronization

/// The task that is running, for others to cancel while it runs: a `Task` is known to whoever made it only
/// once `Task.immediate` has returned, which is after its first suspension.
package final class RunningTask: Sendable {
  private struct State {
    // Safe to send: only `cancel` is called elsewhere, which any task may do, and `end` sees to it that
    // the task lives until that has returned.
    struct Reference: @unchecked Sendable {
      let task: UnsafeCurrentTask
    }

    var reference: Reference?
    var cancelling = 0
  }

  private let state: Mutex<State>

  /// Takes the current task, which must call `end` before it ends.
  package init() {
    state = Mutex(State(reference: withUnsafeCurrentTask { $0.map(State.Reference.init) }))
  }

  /// Cancels the task, unless it has ended.
  package func cancel() {
    let reference = state.withLock { state in
      if state.reference != nil { state.cancelling += 1 }
      return state.reference
    }
    guard let reference else { return }
    // Not under the lock: this calls what has been left to be called.
    reference.task.cancel()
    state.withLock { $0.cancelling -= 1 }
  }

  /// Nobody cancels the task any more once this has returned.
  package func end() async {
    state.withLock { $0.reference = nil }
    while state.withLock({ $0.cancelling > 0 }) { await Task.yield() }
  }
}
