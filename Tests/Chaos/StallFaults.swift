import Foundation
import SwellTesting

/// Workers that stand still and come back.
enum StallFaults {
  static let cases = [stalledBriefly, stalledBeyond, stalledInTurns]

  static let stalledBriefly = ChaosCase(
    "stalled_briefly",
    "SIGSTOP for six seconds, below the heartbeat's limit: nobody is rescued, nothing repeated."
  ) { scene in
    scene.forbidLosses()
    let workers = try await scene.workers(3)
    let load = scene.load(perSecond: 50, input: #"{"ms": 50}"#)
    try await scene.stored(100)
    for worker in workers.prefix(2) {
      scene.stall(worker)
      scene.fault("stands still")
      try await scene.pass(.seconds(6))
      scene.proceed(worker)
      try await scene.pass(.milliseconds(scene.random(in: 500..<1500)))
    }
    await load.stop()
  }

  static let stalledBeyond = ChaosCase(
    "stalled_beyond",
    "SIGSTOP for 16 seconds: its runs go on elsewhere within 13 s, and what it writes after "
      + "SIGCONT is refused.", limit: .seconds(90)
  ) { scene in
    let workers = try await scene.workers(3)
    let load = scene.load(perSecond: 50, input: #"{"ms": 400}"#)
    try await scene.stored(200)
    // Still under way elsewhere when the sleeper comes back with its old results.
    try await scene.enqueue("order", 90, input: #"{"ms": 3000}"#)
    try await scene.pass(.milliseconds(1500))
    let sleeper = workers[0]
    scene.died(sleeper, "stands still", at: Date().timeIntervalSince1970)
    scene.stall(sleeper)
    try await scene.pass(.seconds(16))
    scene.proceed(sleeper)
    let noticed = await sleeper.says("dropped what was held", within: .seconds(10))
    let reconciled = sleeper.log.contains("reconciled")
    scene.require(noticed || reconciled, "the sleeper did not notice that it had lost its runs")
    // It works again.
    let here = "(SELECT worker_id FROM swell.worker WHERE pid = \(sleeper.pid))"
    let works = try await scene.database.eventually(
      "SELECT EXISTS (SELECT FROM swell.ready WHERE claimed_by = \(here))", within: .seconds(20))
    scene.require(works, "the sleeper claimed nothing any more")
    await load.stop()
    let lost = try await scene.database.scalar(
      "SELECT count(*) > 0 FROM witness.loss WHERE worker = \(here)", patience: .seconds(5))
    scene.require(lost == "t", "nobody rescued the sleeper's runs")
  }

  static let stalledInTurns = ChaosCase(
    "stalled_in_turns",
    "All workers stand still and go on in turns, a few hundred milliseconds each.",
    isInSample: true
  ) { scene in
    scene.forbidLosses()
    let workers = try await scene.workers(3)
    let load = scene.load(perSecond: 50, input: #"{"ms": 5}"#)
    try await scene.stored(50)
    scene.fault("stand still in turns")
    for round in 0..<12 {
      let worker = workers[round % workers.count]
      scene.stall(worker)
      try await scene.pass(.milliseconds(scene.random(in: 50..<400)))
      scene.proceed(worker)
    }
    await load.stop()
  }
}
