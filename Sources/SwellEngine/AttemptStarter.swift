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
    var width = max(2, ProcessInfo.processInfo.activeProcessorCount)
    /// How many attempts were begun, and what `relieve` found the last time.
    var begun = 0
    var seen: (begun: Int, waited: Bool) = (0, false)
  }

  /// More threads than these do not help: whoever blocks so many blocks any number.
  private static let most = 64

  private let state = Mutex(State())
  private let threads = HandlerThreads()

  init() {
    threads.grow(by: state.withLock { $0.width })
  }

  /// Ends the threads; what is executed still goes on to its end.
  func stop() {
    threads.stop()
  }

  /// Adds threads if something has waited since the last call and nothing was begun: handlers block them all.
  /// To be called now and then.
  ///
  /// - Returns: how many were added.
  @discardableResult
  func relieve() -> Int {
    let areStuck = threads.areStuck()
    let (extra, rows) = state.withLock { state -> (Int, Int) in
      let waits = !state.waiting.isEmpty
      let isStuck = waits && state.seen.waited && state.seen.begun == state.begun
      state.seen = (state.begun, waits)
      guard areStuck || isStuck else { return (0, 0) }
      let extra = max(0, min(state.width / 2, Self.most - state.width))
      state.width += extra
      if isStuck { state.threads += extra }
      return (extra, isStuck ? extra : 0)
    }
    threads.grow(by: extra)
    for _ in 0..<rows { startThread() }
    return extra
  }

  func start(_ attempts: [AttemptRunner]) {
    let threads = state.withLock { state in
      state.waiting.append(contentsOf: attempts)
      let threads = min(state.width - state.threads, attempts.count)
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
