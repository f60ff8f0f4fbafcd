import Foundation
import SwellLocal
import SwellModel
import SwellPostgres
import SwellStore
import SwellTesting
import Synchronization

/// What one case gets: a server with a Swell database, a ledger elsewhere, a seeded generator, and
/// the means to load and to break.
///
/// Everything that is started through it ends with it.
final class ChaosScene: Sendable {
  let server: PrivateServer
  let database: PatientConnection
  let ledger: PatientConnection
  let deadline: ContinuousClock.Instant
  let began = ContinuousClock.now
  let progress: @Sendable (String) -> Void
  let state: Mutex<State>
  private let stalls = MachineStalls()

  /// What the scene remembers of what the case did.
  struct State: Sendable {
    var generator: SeededGenerator
    var workers: [WorkerProcess] = []
    var loads: [ChaosLoad] = []
    /// Runs whose enqueue was acknowledged, and how they are to end.
    var acknowledged: [String: Expectation] = [:]
    /// Runs that may start only then, in seconds since 1970.
    var due: [String: Double] = [:]
    var faults: [ChaosFault] = []
    /// How far `swell.now()` is ahead of the clock of this machine.
    var clockOffset = 0.0
    /// Processes that were told to stop: what they held may be executed again.
    var stopped: Set<Int32> = []
    /// Processes that stood still and came back: they may write into the ledger late.
    var stalled: Set<Int32> = []
    /// Keep so many workers alive each.
    var supervisors: [Task<Void, Never>] = []
    /// Whether a run may fail as `workerLost` when it has lost three workers.
    var toleratesCrashBudget = false
    /// Whether any claim at all may be taken from a worker.
    var forbidsLosses = false
    /// Executions before this moment may be unknown to the database, in seconds since 1970.
    var forgottenBefore = 0.0
    /// Who was killed with something in flight, which has to be found elsewhere.
    var killedInFlight: Set<Int32> = []
    var failures: [String] = []
    var figures: [String: Double] = [:]
    var cleanups: [@Sendable () async -> Void] = []
  }

  /// How a run has to end.
  enum Expectation: Sendable, Hashable {
    case succeeded
    /// With an error of this kind.
    case failed(String)
    case cancelled
    /// Any end at all.
    case ended
  }

  /// Honest about crashes of processes: what is committed has been handed to the kernel. That of
  /// the machine is not in question here, so nothing waits for the disk.
  static let settings = [
    "fsync": "off", "synchronous_commit": "on", "full_page_writes": "on",
    "shared_buffers": "64MB", "log_min_messages": "warning", "deadlock_timeout": "200ms",
    "log_lock_waits": "on",
  ]

  init(
    server: PrivateServer, database: PatientConnection, ledger: PatientConnection,
    generator: SeededGenerator, limit: Duration, progress: @escaping @Sendable (String) -> Void
  ) {
    self.server = server
    self.database = database
    self.ledger = ledger
    self.deadline = ContinuousClock.now + limit
    self.progress = progress
    self.state = Mutex(State(generator: generator))
  }

  /// A number that the seed decides.
  func random(in range: Range<Int>) -> Int {
    state.withLock { Int.random(in: range, using: &$0.generator) }
  }

  /// What has to hold beside the verdict; words that say what is wrong when it does not.
  func require(_ condition: Bool, _ words: @autoclosure () -> String) {
    guard !condition else { return }
    let words = words()
    state.withLock { $0.failures.append(words) }
  }

  /// A number for the report, beside those that every case has.
  func figure(_ name: String, _ value: Double) {
    state.withLock { $0.figures[name] = value }
  }

  /// Judges the longest of the delays that the case measured, in milliseconds. What the machine
  /// stood still meanwhile is added to what is allowed, and told.
  func requireDelay(_ name: String, _ longest: Double, below limit: Double, _ words: String) {
    let stalled = stalls.milliseconds
    figure(name, longest)
    if stalled > 0 { figure("machine_stalled_ms", stalled) }
    require(
      longest < limit + stalled,
      "\(words): \(longest) ms, and the machine stood still for \(stalled) ms")
  }

  /// Undone at the end, the last one first, however the case ends.
  func atEnd(_ cleanup: @escaping @Sendable () async -> Void) {
    state.withLock { $0.cleanups.append(cleanup) }
  }

  /// The rest of the case's time, at least `least`.
  func rest(atLeast least: Duration = .seconds(1)) -> Duration {
    max(least, deadline - ContinuousClock.now)
  }

  /// Several kills may well hit one run three times, which then fails as the crash budget says.
  func tolerateCrashBudget() {
    state.withLock { $0.toleratesCrashBudget = true }
  }

  /// Nobody dies in this case, so nobody may be given up.
  func forbidLosses() {
    state.withLock { $0.forbidsLosses = true }
  }

  /// Lets time pass under load.
  func pass(_ duration: Duration) async throws {
    // sleeps: time itself is what faults are made of
    try await Task.sleep(for: duration)
  }

  /// Ends everything; returns the logs of the workers that there were.
  func end() async -> [String] {
    stalls.stop()
    let (loads, cleanups, supervisors) = state.withLock { state in
      defer { state.cleanups = [] }
      return (state.loads, state.cleanups, state.supervisors)
    }
    for load in loads { _ = await load.stop() }
    for supervisor in supervisors { supervisor.cancel() }
    for cleanup in cleanups.reversed() { await cleanup() }
    var logs = await destroyWorkers()
    for supervisor in supervisors { await supervisor.value }
    // What a supervisor had just started when it was told to end.
    logs += await destroyWorkers()
    await database.close()
    await ledger.close()
    return logs
  }

  private func destroyWorkers() async -> [String] {
    let workers = state.withLock { state in
      defer { state.workers = [] }
      return state.workers
    }
    var logs: [String] = []
    for worker in workers {
      logs.append(worker.log)
      await worker.destroy()
    }
    return logs
  }
}
