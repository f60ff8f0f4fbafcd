import Foundation
import SwellTesting

/// Kills one worker after the other, each time in a fleet that has watched for long enough.
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
    let first = try await scene.workers(fleet)
    let load = scene.load(perSecond: rate, input: #"{"ms": 100}"#)
    try await scene.stored(100)
    try await scene.watching(first)
    var members = first.map { Member(worker: $0, since: .now - .seconds(3)) }
    var done = 0
    while done < kills {
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
      scene.kill(members[victim].worker, "kill \(done) of \(kills)")
      let heir = try scene.worker()
      try await scene.running([heir])
      members[victim] = Member(worker: heir, since: .now)
    }
    scene.figure("kills", Double(done))
    // The last victim's nodes have to start elsewhere under load as well.
    try await scene.pass(.seconds(2))
    await load.stop()
  }
}
