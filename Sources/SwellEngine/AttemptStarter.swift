import Foundation
import Synchronization

/// Starts attempts on threads that are not the reactor's.
///
/// However many come at once, they wake no more threads than there are processors. Each thread
/// takes one attempt after the other and executes it up to its first suspension: what never
/// suspends costs no switch, what does is a task of its own from there on. A handler that spins
/// keeps its thread; the others go on.
final class AttemptStarter: Sendable {
  private struct State {
    var waiting: [AttemptRunner] = []
    var next = 0
    var threads = 0
  }

  private let state = Mutex(State())
  private let width = max(2, ProcessInfo.processInfo.activeProcessorCount)

  func start(_ attempt: AttemptRunner) {
    let needsThread = state.withLock { state in
      state.waiting.append(attempt)
      guard state.threads < width else { return false }
      state.threads += 1
      return true
    }
    guard needsThread else { return }
    // Outlives the turn that made it; what it starts is held by its handles.
    Task(executorPreference: globalConcurrentExecutor) {
      while let attempt = self.next() { attempt.start() }
    }
  }

  private func next() -> AttemptRunner? {
    state.withLock { state in
      guard state.next < state.waiting.count else {
        state.waiting.removeAll(keepingCapacity: true)
        state.next = 0
        state.threads -= 1
        return nil
      }
      defer { state.next += 1 }
      return state.waiting[state.next]
    }
  }
}
