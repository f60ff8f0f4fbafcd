import DequeModule
import Foundation
import SwellPostgres

/// The threads that execute attempts: not those of the process, which a handler that blocks would take from
/// everybody else.
// Sendable: everything is guarded by `condition`.
final class HandlerThreads: TaskExecutor, @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: Deque<UnownedJob> = []
  private var count = 0
  private var sleeping = 0
  private var isOver = false
  /// How many jobs were begun, and what `areStuck` found the last time.
  private var begun = 0
  private var seen: (begun: Int, waited: Bool) = (0, false)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    condition.lock()
    jobs.append(job)
    if sleeping > 0 { condition.signal() }
    let isAlone = count == 0
    condition.unlock()
    // After `stop` what still goes on has a thread for as long as it needs one.
    if isAlone { grow(by: 1) }
  }

  /// Adds threads. Where the system has none left, those that there are go on.
  func grow(by extra: Int) {
    for _ in 0..<extra {
      condition.lock()
      count += 1
      condition.unlock()
      guard !DetachedThread.run("swell-handlers", { self.work() }) else { continue }
      condition.lock()
      count -= 1
      condition.unlock()
    }
  }

  /// Whether jobs have waited since the last call, and none was begun.
  func areStuck() -> Bool {
    condition.lock()
    defer { condition.unlock() }
    let waits = !jobs.isEmpty
    defer { seen = (begun, waits) }
    return waits && seen.waited && seen.begun == begun
  }

  /// Ends the threads once nothing is left to be done.
  func stop() {
    condition.lock()
    isOver = true
    condition.broadcast()
    condition.unlock()
  }

  private func work() {
    let executor = asUnownedTaskExecutor()
    while let job = next() { job.runSynchronously(on: executor) }
  }

  /// The next job; nil when the thread is to end.
  private func next() -> UnownedJob? {
    condition.lock()
    defer { condition.unlock() }
    while jobs.isEmpty {
      if isOver {
        count -= 1
        return nil
      }
      sleeping += 1
      condition.wait()
      sleeping -= 1
    }
    begun += 1
    return jobs.removeFirst()
  }
}
