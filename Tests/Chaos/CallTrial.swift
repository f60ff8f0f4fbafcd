import Foundation
import SwellTesting
import Synchronization

/// One worker of its own, behind a proxy that breaks one of its calls.
struct CallTrial: Sendable {
  /// Which call, and how it is broken.
  struct Target: Sendable, CustomStringConvertible {
    var name: String
    var count: Int
    var fault: CallFault

    var description: String { "\(name) \(count): \(fault)" }
  }

  /// Names the workflow and the queue of this trial.
  var number: Int
  var target: Target?
  /// What stands between the proxy and the server, for a pooled worker.
  var pooler: PgBouncer?
  /// The deadline of the worker's calls.
  var callTimeout = 400

  static let limit = Duration.seconds(25)
  /// How many runs it takes at most until the call comes.
  static let mostRuns = 8

  /// Runs until the call was broken, and once more, so that the worker is seen to go on.
  ///
  /// Returns the calls up to the end of the first run.
  @discardableResult
  func run(on scene: ChaosScene) async throws -> [ProxiedCall] {
    let name = "trial_\(number)"
    try await scene.apply(
      """
      workflow: \(name)
      queue: \(name)
      nodes:
        a: {handler: work}
        b: {handler: work, needs: a}
        c: {handler: work, needs: a}
        d: {handler: work, needs: a}
        e: {handler: work, needs: [b, c, d]}
      """)
    let url = scene.database.url
    let proxy = try FaultProxy(to: pooler?.url(for: url) ?? url)
    defer { proxy.stop() }
    let broken = Broken()
    proxy.onCall { call in
      guard let target, call.name == target.name, call.count == target.count else { return nil }
      broken.now()
      return target.fault
    }
    var run = try await scene.enqueue(name)[0]
    let worker = try scene.worker([
      "DATABASE_URL": proxy.url, "SWELL_TEST_QUEUES": name, "SWELL_TEST_RECORDERS": "1",
      "SWELL_TEST_CALL_TIMEOUT_MS": "\(callTimeout)", "SWELL_TEST_NAME": name,
      "SWELL_TEST_POOLED": pooler == nil ? "0" : "1",
    ])
    defer { worker.signal(SIGKILL) }
    guard try await succeeded(run, worker, on: scene) else { return [] }
    let calls = proxy.calls
    guard let target else { return calls }
    var runs = 1
    while broken.at == nil, runs < Self.mostRuns {
      run = try await scene.enqueue(name)[0]
      guard try await succeeded(run, worker, on: scene) else { return [] }
      runs += 1
      // A call that comes by the clock, such as a heartbeat, is waited for.
      if broken.at == nil { try await scene.pass(.milliseconds(300)) }
    }
    guard let at = broken.at else {
      scene.require(false, "\(target): the call never came")
      return []
    }
    run = try await scene.enqueue(name)[0]
    scene.fault("\(target)", at: at, provenBy: run)
    _ = try await succeeded(run, worker, on: scene)
    return calls
  }

  private func succeeded(
    _ run: String, _ worker: WorkerProcess, on scene: ChaosScene
  ) async throws -> Bool {
    let ended = try await scene.database.eventually(
      "SELECT state <> 'live' FROM swell.run WHERE run_id = '\(run)'", within: Self.limit)
    let state = try await scene.database.scalar(
      "SELECT state FROM swell.run WHERE run_id = '\(run)'")
    if ended, state == "succeeded" { return true }
    let log = worker.log.split(separator: "\n").suffix(6).joined(separator: "\n    ")
    scene.require(
      false,
      "\(target.map { "\($0)" } ?? "nothing broken"): run \(run) is \(state ?? "gone"); "
        + "worker \(number) says\n    \(log)")
    return false
  }

  /// When the call was broken.
  private final class Broken: Sendable {
    private let moment = Mutex<Double?>(nil)

    var at: Double? { moment.withLock { $0 } }

    func now() {
      moment.withLock { $0 = $0 ?? Date().timeIntervalSince1970 }
    }
  }
}
