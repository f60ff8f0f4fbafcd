import Foundation
import SwellTesting
import Synchronization

/// Workers that are told to stop, and handlers that do not listen.
enum StopFaults {
  static let cases = [
    rollingDeploy, olderWorkers, graceExceeded, stoppedTwice, deafToStop, deafToTimeout,
    threadsBlocked,
  ]

  static let rollingDeploy = ChaosCase(
    "rolling_deploy",
    "Six workers are told to stop one after the other under load; nothing of it counts as a crash.",
    isInSample: true
  ) { scene in
    scene.forbidLosses()
    var fleet = try await scene.workers(2)
    let load = scene.load(perSecond: 60, input: #"{"ms": 30}"#)
    try await scene.stored(50)
    for _ in 0..<6 {
      let heir = try scene.worker()
      try await scene.running([heir])
      let old = fleet.removeFirst()
      fleet.append(heir)
      scene.fault("told to stop")
      scene.stop(old)
      let code = await scene.ended(old, within: .seconds(15))
      scene.require(code == 0, "a worker that was told to stop ended with \(code ?? -1)")
      try await scene.pass(.milliseconds(scene.random(in: 200..<800)))
    }
    await load.stop()
    try await scene.quiet()
    let again = try await scene.ledger.scalar(
      """
      SELECT count(*) FROM (
        SELECT FROM effect WHERE event = 'effect' GROUP BY run_id, node_id HAVING count(*) > 1) AS x
      """)
    scene.require(again == "0", "\(again ?? "?") effects came twice though everybody had time")
  }

  static let olderWorkers = ChaosCase(
    "older_workers",
    "Workers that cannot read a definition live beside those that can, and for a while alone.",
    isInSample: true
  ) { scene in
    let older = ["SWELL_TEST_FAULT": "read_definition:1:refuse"]
    let left = try await scene.workers(2, older)
    let newer = try await scene.workers(2)
    let load = scene.load(perSecond: 60, input: #"{"ms": 30}"#)
    try await scene.stored(100)
    for worker in newer {
      scene.died(worker, "killed", at: Date().timeIntervalSince1970)
      worker.signal(SIGKILL)
    }
    try await scene.pass(.seconds(scene.random(in: 2..<6)))
    _ = try await scene.workers(1)
    scene.fault("one that can read it has come")
    try await scene.pass(.seconds(2))
    await load.stop()
    try await scene.quiet()
    let ended = try await scene.database.scalar(
      "SELECT count(*) FROM swell.run WHERE error ->> 'code' = 'unreadable_definition'",
      patience: .seconds(5))
    scene.require(ended == "0", "\(ended ?? "?") runs failed for a worker that cannot read them")
    let told = try await scene.database.scalar(
      "SELECT count(DISTINCT who) FROM swell.audit WHERE what = 'leave'", patience: .seconds(5))
    scene.require(told == "\(left.count)", "\(told ?? "?") workers left anything")
  }

  static let graceExceeded = ChaosCase(
    "grace_exceeded",
    "Nodes outlast the grace time: they are cancelled first and handed back last, four times."
  ) { scene in
    scene.forbidLosses()
    var worker = try await scene.workers(1, ["SWELL_TEST_GRACE_MS": "300"])[0]
    let load = scene.load(perSecond: 20, input: #"{"ms": 1500}"#)
    for _ in 0..<4 {
      try await scene.pass(.milliseconds(2500))
      scene.stop(worker)
      let code = await scene.ended(worker, within: .seconds(8))
      scene.require(code == 0, "grace exceeded: the worker ended with \(code ?? -1)")
      let held = try await scene.database.scalar(
        "SELECT count(*) FROM swell.ready WHERE claimed_by IS NOT NULL", patience: .seconds(5))
      scene.require(held == "0", "it kept \(held ?? "?") claims")
      worker = try await scene.workers(1, ["SWELL_TEST_GRACE_MS": "300"])[0]
      scene.fault("another one has come")
    }
    await load.stop()
  }

  static let stoppedTwice = ChaosCase(
    "stopped_twice",
    "A second SIGTERM hands back at once what would have run for twenty seconds."
  ) { scene in
    scene.forbidLosses()
    let worker = try await scene.workers(1)[0]
    let runs = try await scene.enqueue("order", 30, input: #"{"ms": 20000}"#, expecting: .cancelled)
    _ = try await scene.ledger.eventually("SELECT count(*) = 30 FROM effect")
    scene.stop(worker)
    try await scene.pass(.milliseconds(scene.random(in: 100..<1500)))
    scene.stop(worker)
    let code = await scene.ended(worker, within: .seconds(5))
    scene.require(code == 0, "the worker ended with \(code ?? -1) after a second signal")
    _ = try await scene.workers(1)
    scene.fault("another one has come")
    let again = try await scene.ledger.eventually(
      "SELECT count(DISTINCT worker) = 2 FROM effect", within: .seconds(5))
    scene.require(again, "what was handed back did not start elsewhere within 5 s")
    for run in runs {
      try await scene.database.query("SELECT swell.cancel('\(run)', 'enough')")
    }
    try await scene.quiet()
  }

  static let deafToStop = ChaosCase(
    "deaf_to_stop",
    "Handlers ignore the cancellation of a stopping worker; it leaves without them."
  ) { scene in
    scene.forbidLosses()
    try await scene.apply(
      "workflow: deaf\ndefaults: {timeout: 60s}\nnodes: {a: {handler: deaf_work}}")
    let worker = try await scene.workers(1, ["SWELL_TEST_GRACE_MS": "200"])[0]
    try await scene.enqueue("deaf", 10, input: #"{"ms": 9000}"#)
    try await scene.enqueue("order", 100)
    _ = try await scene.ledger.eventually(
      "SELECT count(*) = 10 FROM effect WHERE node_id = 'a'", within: .seconds(10))
    scene.stop(worker)
    let code = await scene.ended(worker, within: .seconds(6))
    scene.require(code == 0, "deaf handlers: the worker ended with \(code ?? -1)")
    _ = try await scene.workers(1)
    scene.fault("another one has come")
    try await scene.quiet()
  }

  static let deafToTimeout = ChaosCase(
    "deaf_to_timeout",
    "Handlers ignore their timeout until the worker has leaked too many slots and ends by itself.",
    limit: .seconds(90)
  ) { scene in
    try await leak(
      "deaf_work", #"{"ms": 6000}"#, retry: "{strategy: fixed, delay: 50ms, maxRetries: 1}",
      for: .seconds(5), on: scene)
  }

  static let threadsBlocked = ChaosCase(
    "threads_blocked",
    "Handlers block every thread for ever: the others go on with more threads, until the worker ends by itself.",
    limit: .seconds(120)
  ) { scene in
    try await leak(
      "block_work", #"{"ms": 3600000}"#, retry: "{strategy: none}", for: .seconds(8), on: scene)
  }

  /// Runs 30 handlers that never end in their time, under load, until a worker has ended for them.
  private static func leak(
    _ handler: String, _ input: String, retry: String, for time: Duration, on scene: ChaosScene
  ) async throws {
    try await scene.apply(
      """
      workflow: leaks
      defaults: {timeout: 300ms, retry: \(retry)}
      nodes: {a: {handler: \(handler)}}
      """)
    scene.supervise(2, ["SWELL_TEST_LEAKS": "8", "SWELL_TEST_GRACE_MS": "500"], stopsAlone: true)
    let load = scene.load(perSecond: 30)
    try await scene.stored(30)
    try await scene.enqueue("leaks", 30, input: input, expecting: .failed("timeout"))
    scene.fault("slots leak")
    try await scene.pass(time)
    await load.stop()
    try await scene.quiet()
    let ended = scene.state.withLock { $0.workers.count } - 2
    scene.require(ended > 0, "no worker ended for its leaked slots")
    scene.figure("restarts", Double(ended))
  }
}
