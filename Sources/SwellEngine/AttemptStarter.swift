import DequeModule
import Foundation
import SwellPostgres
import Synchronization

/// Starts attempts on threads that are not the reactor's.
///
/// However many come at once, they wake no more threads than there are processors. A thread
/// executes one attempt after the other in one task for as long as none of them suspends, since
/// a task of its own would cost more than a short handler. One that suspends keeps the task, and
/// the thread goes on with another task. A handler that spins keeps its thread; the others go on.
final class AttemptStarter: Sendable {
  private struct State {
    var waiting: Deque<AttemptRunner> = []
    var threads = 0
  }

  private let state = Mutex(State())
  private let width = max(2, ProcessInfo.processInfo.activeProcessorCount)

  func start(_ attempts: [AttemptRunner]) {
    let threads = state.withLock { state in
      state.waiting.append(contentsOf: attempts)
      let threads = min(width - state.threads, attempts.count)
      state.threads += threads
      return threads
    }
    for _ in 0..<threads {
      // Outlives the turn that made it; what it starts is held by its handles.
      Task(executorPreference: globalConcurrentExecutor) {
        while self.goesOn() { self.executeUpToSuspension() }
      }
    }
  }

  /// Returns when nothing waits any more, or once an attempt suspends.
  private func executeUpToSuspension() {
    let row = AttemptRow()
    Task.immediate(executorPreference: globalConcurrentExecutor) {
      let task = RunningTask()
      while !row.isClosed, let attempt = self.next() {
        attempt.handle.enter(task)
        await attempt.execute()
        // A handler may also have cancelled the task that it runs in.
        guard attempt.handle.leave(), !Task.isCancelled else { break }
      }
      await task.end()
    }
    row.close()
  }

  private func next() -> AttemptRunner? {
    state.withLock { $0.waiting.popFirst() }
  }

  /// Whether there is something left for the calling thread, which counts as gone if not.
  private func goesOn() -> Bool {
    state.withLock { state in
      if !state.waiting.isEmpty { return true }
      state.threads -= 1
      return false
    }
  }
}

/// The attempts that one task executes, one after the other, until one of them suspends.
private final class AttemptRow: Sendable {
  private let closed = Atomic(false)

  /// Whether the thread has gone on with another row: then the task ends with its attempt.
  var isClosed: Bool { closed.load(ordering: .relaxed) }

  func close() {
    closed.store(true, ordering: .relaxed)
  }
}
