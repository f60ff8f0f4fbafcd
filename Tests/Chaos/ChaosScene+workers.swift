import Foundation
import SwellTesting
import Synchronization

extension ChaosScene {
  /// Starts a worker over this scene's database, with the test worker's handlers.
  ///
  /// - Parameters:
  ///   - environment: over `DATABASE_URL` and `LEDGER_URL`; see `Tests/TestWorker`.
  ///   - command: words before the program, such as `faketime -f +1h`; they must end in an exec,
  ///     so that the process stays the same one.
  func worker(
    _ environment: [String: String] = [:], through command: [String] = []
  ) throws -> WorkerProcess {
    var variables = [
      "DATABASE_URL": database.url, "LEDGER_URL": ledger.url, "SWELL_TEST_CONCURRENCY": "100",
    ]
    variables.merge(environment) { _, own in own }
    let worker = try WorkerProcess(environment: variables, through: command)
    state.withLock { $0.workers.append(worker) }
    return worker
  }

  /// Starts so many workers and waits until they have registered.
  func workers(
    _ count: Int, _ environment: [String: String] = [:]
  ) async throws -> [WorkerProcess] {
    let started = try (0..<count).map { _ in try worker(environment) }
    try await running(started)
    return started
  }

  /// Waits until these workers have registered.
  func running(_ workers: [WorkerProcess]) async throws {
    let pids = workers.map { "\($0.pid)" }.joined(separator: ",")
    let came = try await database.eventually(
      """
      SELECT count(*) = \(workers.count) FROM swell.worker
      WHERE pid IN (\(pids)) AND state IN ('running', 'draining')
      """, within: .seconds(20))
    require(came, "the workers did not register within 20 s")
  }

  /// Waits until these workers have watched for long enough to rescue by a lost lock.
  func watching(_ workers: [WorkerProcess]) async throws {
    try await running(workers)
    let pids = workers.map { "\($0.pid)" }.joined(separator: ",")
    _ = try await database.eventually(
      """
      SELECT min(clock_timestamp() - started_at) > interval '2.5 seconds'
      FROM swell.worker WHERE pid IN (\(pids))
      """, within: .seconds(20))
  }

  /// Tells a worker to stop in order. What it hands back may be executed again.
  func stop(_ worker: WorkerProcess, _ signal: Int32 = SIGTERM) {
    state.withLock { _ = $0.stopped.insert(worker.pid) }
    worker.signal(signal)
  }

  /// Makes a worker stand still until `proceed`.
  func stall(_ worker: WorkerProcess) {
    state.withLock { _ = $0.stalled.insert(worker.pid) }
    worker.signal(SIGSTOP)
  }

  func proceed(_ worker: WorkerProcess) {
    worker.signal(SIGCONT)
  }
}
