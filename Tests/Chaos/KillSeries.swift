import Foundation
import SwellTesting
import Synchronization

/// Kills one worker after the other, each time in a fleet that has watched for long enough, until so
/// many kills had something in flight: only those tell how long it took.
struct KillSeries: Sendable {
  var kills: Int
  var fleet = 4
  /// Runs a second.
  var rate = 40

  private struct Member {
    var worker: WorkerProcess
    var since: ContinuousClock.Instant

    func hasBeenThere(for time: Duration) -> Bool { ContinuousClock.now - since > time }
  }

  func run(on scene: ChaosScene) async throws {
    scene.tolerateCrashBudget()
    let first = try await scene.workers(fleet)
    let load = scene.load(perSecond: rate, input: #"{"ms": 100}"#)
    try await scene.stored(100)
    try await scene.watching(first)
    var members = first.map { Member(worker: $0, since: .now - .seconds(3)) }
    var done = 0
    var measured = 0
    while measured < kills {
      // What is in flight at the victim is a part of the case: whatever moment it is.
      try await scene.pass(.milliseconds(scene.random(in: 400..<900)))
      let watchers = members.filter { $0.hasBeenThere(for: .milliseconds(2600)) }
      let candidates = members.indices.filter { index in
        let member = members[index]
        let others = watchers.count { $0.worker.pid != member.worker.pid }
        return member.hasBeenThere(for: .milliseconds(1200)) && others >= 2
      }
      guard !candidates.isEmpty else { continue }
      let victim = candidates[scene.random(in: 0..<candidates.count)]
      done += 1
      scene.kill(members[victim].worker, "kill \(done), \(measured) of \(kills) measured")
      if try await hadInFlight(members[victim].worker, on: scene) {
        measured += 1
        scene.state.withLock { _ = $0.killedInFlight.insert(members[victim].worker.pid) }
      }
      let heir = try scene.worker()
      try await scene.running([heir])
      members[victim] = Member(worker: heir, since: .now)
    }
    scene.figure("kills", Double(done))
    scene.figure("kills_in_flight", Double(measured))
    // The last victim's nodes have to start elsewhere under load as well.
    try await scene.pass(.seconds(2))
    await load.stop()
  }

  /// Whether an attempt had begun at the dead worker and has not ended, by the ledger.
  private func hadInFlight(_ victim: WorkerProcess, on scene: ChaosScene) async throws -> Bool {
    let worker = try await scene.database.scalar(
      "SELECT worker_id FROM swell.worker WHERE pid = \(victim.pid)", patience: .seconds(5))
    guard let worker else { return false }
    return try await scene.ledger.scalar(
      """
      SELECT EXISTS (
        SELECT FROM effect AS s
        WHERE s.worker = '\(worker)' AND s.event = 'started' AND s.node_id <> 'stock' AND NOT EXISTS (
          SELECT FROM effect AS e
          WHERE e.run_id = s.run_id AND e.node_id = s.node_id AND e.worker = s.worker
            AND e.event = 'effect'))
      """) == "t"
  }
}
