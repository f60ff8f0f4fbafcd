import DequeModule
import Foundation
import SwellPostgres
import Synchronization

/// Starts attempts on threads of their own.
///
/// However many come at once, they wake no more threads than there are processors. A thread
/// executes one attempt after the other in one task for as long as none of them suspends, since
/// a task of its own would cost more than a short handler. One that suspends keeps the task, and
/// the thread goes on with another task. A handler that blocks keeps its thread; the others go on,
/// with more threads where it took the last one.
final class AttemptStarter: Sendable {
  private struct State {
    var waiting: Deque<AttemptRunner> = []
    var threads = 0
    var width = AttemptStarter.processors
    var begun = 0
  }

  static let processors = max(2, ProcessInfo.processInfo.activeProcessorCount)

  private let state = Mutex(State())
  private let threads = HandlerThreads()

  init() {
    threads.set(count: Self.processors)
  }

  deinit { threads.stop() }

  /// How many attempts and jobs were begun so far, and whether any waits.
  var progress: (begun: Int, waits: Bool) {
    let jobs = threads.progress
    return state.withLock { (jobs.begun + $0.begun, jobs.waits || !$0.waiting.isEmpty) }
  }

  var width: Int { state.withLock { $0.width } }

  /// How many threads are busy, or blocked.
  var busy: Int { state.withLock { $0.threads } }

  /// What each thread has used of the processors so far, in microseconds, by its number.
  var processorTimes: [Int: Int64] { threads.processorTimes }

  /// Sets how many threads there are. Those that are busy stay for as long as they are.
  func set(width wanted: Int) {
    let (width, rows) = state.withLock { state in
      // Those that are blocked are besides.
      state.width = max(wanted, state.threads)
      let rows = max(0, min(state.width - state.threads, state.waiting.count))
      state.threads += rows
      return (state.width, rows)
    }
    threads.set(count: width)
    for _ in 0..<rows { startThread() }
  }

  func start(_ attempts: [AttemptRunner]) {
    let threads = state.withLock { state in
      state.waiting.append(contentsOf: attempts)
      let threads = max(0, min(state.width - state.threads, attempts.count))
      state.threads += threads
      return threads
    }
    for _ in 0..<threads { startThread() }
  }

  private func startThread() {
    // Outlives the turn that made it; what it starts is held by its handles.
    Task(executorPreference: threads) {
      while self.goesOn() { self.executeUpToSuspension() }
    }
  }

  /// Returns when nothing waits any more, or once an attempt suspends.
  private func executeUpToSuspension() {
    let row = AttemptRow()
    Task.immediate(executorPreference: threads) {
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
    state.withLock { state in
      let attempt = state.waiting.popFirst()
      if attempt != nil { state.begun += 1 }
      return attempt
    }
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
