import DequeModule
import Foundation

/// The threads that execute attempts: not those of the process, which a handler that blocks would take from
/// everybody else.
// Sendable: everything is guarded by `condition`.
package final class HandlerThreads: TaskExecutor, @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: Deque<UnownedJob> = []
  private var count = 0
  private var sleeping = 0
  private var isOver = false
  /// How many jobs were begun.
  private var begun = 0
  /// Beyond so many, threads end when they have nothing to do.
  private var wanted = 0
  /// Of each thread that there is, how to ask for what it has used of the processors.
  private var clocks: [Int: ThreadClock] = [:]
  private var started = 0

  package init() {}

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    condition.lock()
    jobs.append(job)
    if sleeping > 0 { condition.signal() }
    let isAlone = count == 0 || isOver && sleeping == 0
    condition.unlock()
    // After `stop` what still goes on has a thread for as long as it needs one.
    if isAlone { grow(by: 1) }
  }

  /// Sets how many threads there are. Those that are too many end when they have nothing to do; where the system has none
  /// left, those that there are go on.
  package func set(count wanted: Int) {
    condition.lock()
    self.wanted = wanted
    let missing = max(0, wanted - count)
    condition.broadcast()
    condition.unlock()
    grow(by: missing)
  }

  private func grow(by extra: Int) {
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

  /// How many jobs were begun so far, and whether any waits.
  package var progress: (begun: Int, waits: Bool) {
    condition.lock()
    defer { condition.unlock() }
    return (begun, !jobs.isEmpty)
  }

  /// Ends the threads once nothing is left to be done.
  package func stop() {
    condition.lock()
    isOver = true
    condition.broadcast()
    condition.unlock()
  }

  /// What each thread has used of the processors so far, in microseconds, by its number.
  package var processorTimes: [Int: Int64] {
    condition.lock()
    defer { condition.unlock() }
    return clocks.compactMapValues(\.microseconds)
  }

  private func work() {
    let number = begin()
    let executor = asUnownedTaskExecutor()
    while let job = next(for: number) { job.runSynchronously(on: executor) }
  }

  private func begin() -> Int {
    condition.lock()
    defer { condition.unlock() }
    started += 1
    clocks[started] = ThreadClock()
    return started
  }

  /// The next job; nil when the thread is to end.
  private func next(for number: Int) -> UnownedJob? {
    condition.lock()
    defer { condition.unlock() }
    while jobs.isEmpty {
      if isOver || count > wanted {
        count -= 1
        clocks[number] = nil
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
