import Foundation
import SwellEngine
import SwellTesting

/// Workers that die at once, at random moments and at named ones.
enum KillFaults {
  static let cases = [
    killRandom, killSample, killedAtPoints, lostReplies, cancelledUnderKill, failuresUnderKill,
  ]

  static let killRandom = ChaosCase(
    "kill_random",
    "Workers are killed with SIGKILL at 200 random moments under load; others take their place.",
    limit: .seconds(420)
  ) { scene in
    try await KillSeries(kills: 200).run(on: scene)
  }

  static let killSample = ChaosCase(
    "kill_sample", "Like kill_random, with five kills.", isInSample: true
  ) { scene in
    try await KillSeries(kills: 5).run(on: scene)
  }

  static let killedAtPoints = ChaosCase(
    "killed_at_points",
    "A worker kills itself at each named point of the protocol, early, later and late.",
    limit: .seconds(150)
  ) { scene in
    scene.tolerateCrashBudget()
    try await scene.watching(scene.workers(2))
    let load = scene.load(perSecond: 60, input: #"{"ms": 20}"#)
    var kills = 0
    for point in FaultPoint.allCases where !point.isOfTransactions && point != .readDefinition {
      for range in [1..<2, 2..<8, 8..<20] {
        let count = scene.random(in: range)
        let victim = try scene.worker(["SWELL_TEST_FAULT": "\(point.rawValue):\(count):kill"])
        let code = await scene.ended(victim, within: .seconds(20))
        scene.died(
          victim, "killed at \(point.rawValue) \(count)", at: Date().timeIntervalSince1970)
        scene.require(
          code == 128 + SIGKILL, "\(point.rawValue):\(count) was not reached: \(code ?? -1)")
        kills += 1
        try await scene.pass(.milliseconds(500))
      }
    }
    scene.figure("kills", Double(kills))
    await load.stop()
  }

  static let lostReplies = ChaosCase(
    "lost_replies",
    "Replies of claim and record are lost again and again; reconcile tells what they had stored.",
    isInSample: true
  ) { scene in
    scene.forbidLosses()
    let workers = try [
      "claim_reply:2:lose_each", "claim_reply:11:lose_each", "record_reply:3:lose_each",
      "record_reply:10:lose_each",
    ].map { try scene.worker(["SWELL_TEST_FAULT": $0]) }
    try await scene.running(workers)
    let load = scene.load(perSecond: 60)
    try await scene.pass(.seconds(1))
    scene.fault("replies are lost")
    try await scene.pass(.seconds(4))
    await load.stop()
    for worker in workers {
      scene.require(worker.log.contains("reconciled"), "a worker lost no reply")
    }
  }

  static let cancelledUnderKill = ChaosCase(
    "cancelled_under_kill",
    "Runs are cancelled by the dozen while their workers are killed; each ends once.",
    limit: .seconds(90)
  ) { scene in
    scene.tolerateCrashBudget()
    let load = scene.load(perSecond: 60, input: #"{"ms": 200}"#, expecting: .ended)
    scene.supervise(3)
    try await scene.stored(50)
    for round in 1...8 {
      for _ in 0..<5 {
        // Whoever ended meanwhile refuses the cancel, which is no fault.
        _ = try? await scene.database.query(
          """
          SELECT swell.cancel(run_id, 'chaos') FROM (
            SELECT run_id FROM swell.ready ORDER BY md5(run_id::text || '\(round)') LIMIT 8) AS r
          """)
        try await scene.pass(.milliseconds(scene.random(in: 50..<250)))
      }
      let living = scene.living()
      if !living.isEmpty {
        let victim = living[scene.random(in: 0..<living.count)]
        victim.signal(SIGKILL)
      }
    }
    await load.stop()
  }

  /// A failure that a fallback mends, then one that nothing mends, then the error handler.
  static let errand = """
    workflow: errand
    defaults: {retry: {strategy: none}, timeout: 60s}
    nodes:
      first: {handler: reject_work, fallback: second}
      second: {handler: work}
      fails: {handler: reject_work, needs: first}
    onError: {handler: work}
    """

  static let failuresUnderKill = ChaosCase(
    "failures_under_kill",
    "Runs with a fallback, a failure and an error handler lose their workers; each handler's "
      + "effect is there, and its success is stored once.",
    limit: .seconds(90)
  ) { scene in
    scene.tolerateCrashBudget()
    try await scene.apply(errand)
    let load = scene.load(
      "errand", perSecond: 60, input: #"{"ms": 100}"#, expecting: .failed("validation"))
    scene.supervise(3)
    try await scene.stored(50)
    for _ in 0..<10 {
      try await scene.pass(.milliseconds(scene.random(in: 400..<1000)))
      let living = scene.living()
      guard !living.isEmpty else { continue }
      living[scene.random(in: 0..<living.count)].signal(SIGKILL)
    }
    await load.stop()
    try await scene.quiet()
    let without = try await scene.database.scalar(
      """
      SELECT count(*) FROM swell.run AS r
      WHERE r.workflow = 'errand' AND r.error ->> 'kind' = 'validation' AND NOT EXISTS (
        SELECT FROM swell.node AS n
        WHERE n.run_id = r.run_id AND n.node_id = 'on_error' AND n.state = 'succeeded')
      """, patience: .seconds(10))
    scene.require(without == "0", "\(without ?? "?") runs failed without their error handler")
  }
}
