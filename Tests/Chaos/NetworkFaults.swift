import Foundation
import SwellTesting

/// The network between workers and their server stalls, delays, cuts and loses. Who enqueues has
/// a good one.
enum NetworkFaults {
  static let cases = [
    stalledBriefly, stalledLong, slow, thin, cutOften, repliesLost, callsLate, notificationsLost,
    refused,
    oneCutOff, cutSample,
  ]

  static let stalledBriefly = ChaosCase(
    "network_stalled_3s",
    "Nothing flows for three seconds, which no worker may be given up for, three times."
  ) { scene in
    let proxy = try proxy(for: scene)
    _ = try await scene.workers(3, ["DATABASE_URL": proxy.url])
    let load = scene.load(perSecond: 60)
    for round in 1...3 {
      try await scene.stored(100 * round)
      proxy.stall()
      scene.fault("stalled for 3 s, \(round) of 3")
      try await scene.pass(.seconds(3))
      proxy.resume()
      try await scene.pass(.seconds(2))
    }
    await load.stop()
    try await scene.expectNoLoss()
  }

  static let stalledLong = ChaosCase(
    "network_stalled_15s", "Nothing flows for 15 seconds: every call is given up, then comes late.",
    limit: .seconds(90)
  ) { scene in
    let proxy = try proxy(for: scene)
    _ = try await scene.workers(3, ["DATABASE_URL": proxy.url])
    let load = scene.load(perSecond: 60)
    try await scene.stored(200)
    proxy.stall()
    scene.fault("stalled for 15 s")
    try await scene.pass(.seconds(15))
    proxy.resume()
    try await scene.pass(.seconds(4))
    await load.stop()
  }

  static let slow = ChaosCase(
    "network_slow", "Each call and each reply takes 50 ms more, under load."
  ) { scene in
    let proxy = try proxy(for: scene)
    proxy.change { $0.delay = .milliseconds(50) }
    _ = try await scene.workers(2, ["DATABASE_URL": proxy.url])
    let load = scene.load(perSecond: 100)
    try await scene.stored(100)
    scene.fault("50 ms each way")
    try await scene.pass(.seconds(8))
    await load.stop()
    try await scene.expectNoLoss()
  }

  /// 24 nodes that end together with half a megabyte each, and one that outlives its worker.
  private static let large =
    "workflow: large\nconcurrency: 24\ndefaults: {timeout: 60s}\nnodes:\n"
    + (0..<24).map { "  n\($0): {handler: large_work, input: {ms: 20}}\n" }.joined()
    + "  last: {handler: work, input: {ms: 3000}, needs: [\((0..<24).map { "n\($0)" }.joined(separator: ", "))]}\n"

  static let thin = ChaosCase(
    "network_thin",
    "Each connection carries 3 MB/s: what a run stores and what its next worker reads are 12 MB, more than a call has time for; its worker is killed.",
    limit: .seconds(150)
  ) { scene in
    let proxy = try proxy(for: scene)
    proxy.change { $0.bytesPerSecond = 3_000_000 }
    try await scene.apply(large)
    scene.supervise(2, ["DATABASE_URL": proxy.url, "SWELL_TEST_CALL_TIMEOUT_MS": "3000"])
    let load = scene.load(perSecond: 20)
    for _ in 0..<2 {
      let run = try await scene.enqueue("large")[0]
      let isStored = try await scene.database.eventually(
        "SELECT count(*) = 24 FROM swell.node WHERE run_id = '\(run)' AND state = 'succeeded'",
        within: .seconds(60))
      scene.require(isStored, "what ended together was not stored within a minute")
      let pid = try await scene.database.scalar(
        """
        SELECT w.pid FROM swell.ready AS r JOIN swell.worker AS w ON w.worker_id = r.claimed_by
        WHERE r.run_id = '\(run)'
        """)
      guard let pid, let victim = scene.living().first(where: { "\($0.pid)" == pid }) else {
        scene.require(false, "nobody had the large run in its last node")
        continue
      }
      victim.signal(SIGKILL)
      let isRead = try await scene.database.eventually(
        "SELECT state = 'succeeded' FROM swell.run WHERE run_id = '\(run)'", within: .seconds(60))
      scene.require(isRead, "nobody took the large run up within a minute")
    }
    await load.stop()
    try await scene.quiet()
  }

  static let cutOften = ChaosCase(
    "network_cut_often",
    "For 20 seconds every connection is cut after a random number of bytes, up to 200 KiB.",
    limit: .seconds(120)
  ) { scene in
    try await cutOften(on: scene, for: .seconds(20))
  }

  static let cutSample = ChaosCase(
    "network_cut_sample", "Like network_cut_often, for four seconds.", isInSample: true
  ) { scene in
    try await cutOften(on: scene, for: .seconds(4))
  }

  static let repliesLost = ChaosCase(
    "network_replies_lost", "One call in 20 is executed and its reply is lost with its connection.",
    limit: .seconds(90)
  ) { scene in
    let proxy = try proxy(for: scene)
    proxy.onCall { _ in scene.random(in: 0..<100) < 5 ? .cutAfter : nil }
    _ = try await scene.workers(2, ["DATABASE_URL": proxy.url])
    let load = scene.load(perSecond: 100)
    try await scene.stored(100)
    scene.fault("replies are lost")
    try await scene.pass(.seconds(15))
    await load.stop()
    _ = try await scene.database.eventually("SELECT NOT EXISTS (SELECT FROM swell.ready)")
    scene.figure("calls", Double(proxy.calls.count))
    proxy.onCall(nil)
  }

  static let callsLate = ChaosCase(
    "network_calls_late",
    "One call in 20 comes to the server only after its worker has given it up and reconciled."
  ) { scene in
    let proxy = try proxy(for: scene)
    _ = try await scene.workers(
      2, ["DATABASE_URL": proxy.url, "SWELL_TEST_CALL_TIMEOUT_MS": "300"])
    let load = scene.load(perSecond: 100)
    try await scene.stored(100)
    proxy.onCall { _ in
      scene.random(in: 0..<100) < 5
        ? .lateCall(.milliseconds(scene.random(in: 400..<900))) : nil
    }
    scene.fault("calls come late")
    try await scene.pass(.seconds(12))
    let late = proxy.calls.count
    proxy.onCall(nil)
    scene.figure("calls", Double(late))
    // The last ones arrive while there is still work to claim.
    try await scene.pass(.seconds(1))
    await load.stop()
  }

  static let notificationsLost = ChaosCase(
    "network_notify_lost", "Every NOTIFY disappears: work is found by looking, within 1.5 seconds."
  ) { scene in
    let proxy = try proxy(for: scene)
    proxy.change { $0.losesNotifications = true }
    _ = try await scene.workers(2, ["DATABASE_URL": proxy.url])
    for round in 1...6 {
      // Long enough for the workers to sleep as long as they ever do.
      try await scene.pass(.milliseconds(2500 + scene.random(in: 0..<1000)))
      scene.fault("enqueued to sleepers, \(round) of 6")
    }
    try await scene.pass(.seconds(3))
    await scene.settleProbes()
    let slowest = try await scene.slowestPickUp()
    scene.figure("slowest_pick_up_ms", slowest)
    scene.require(slowest < 1500, "a run waited \(slowest) ms though workers were idle")
  }

  static let refused = ChaosCase(
    "network_refused",
    "All connections are cut, and for ten seconds the server accepts no new ones."
  ) { scene in
    let proxy = try proxy(for: scene)
    _ = try await scene.workers(3, ["DATABASE_URL": proxy.url])
    let load = scene.load(perSecond: 60)
    try await scene.stored(200)
    proxy.change { $0.refuses = true }
    proxy.cutAll()
    scene.fault("refused for 10 s")
    try await scene.pass(.seconds(10))
    proxy.change { $0.refuses = false }
    try await scene.pass(.seconds(4))
    await load.stop()
    try await scene.expectNoLoss()
  }

  static let oneCutOff = ChaosCase(
    "network_one_cut_off",
    "One worker of three is cut off for 15 seconds: the others go on with its runs, and what it writes when it is back is refused.",
    limit: .seconds(90)
  ) { scene in
    let proxy = try proxy(for: scene)
    let victim = try await scene.workers(1, ["DATABASE_URL": proxy.url])[0]
    let others = try await scene.workers(2)
    try await scene.watching(others)
    // A rescuer trusts an old heartbeat only after ten seconds of its own.
    let load = scene.load(perSecond: 60, input: #"{"ms": 200}"#)
    try await scene.pass(.seconds(7))
    // Runs of long nodes: rescued, they still live when the one that had them comes back.
    for _ in 0..<20 {
      try await scene.enqueue("order", 2, input: #"{"ms": 4000}"#, priority: 5)
      try await scene.pass(.milliseconds(100))
    }
    let worker = try await scene.database.scalar(
      "SELECT worker_id FROM swell.worker WHERE pid = \(victim.pid)")
    let cut = Date().timeIntervalSince1970
    proxy.stall()
    try await scene.pass(.seconds(15))
    let losses = "SELECT count(*) FROM witness.loss WHERE worker = '\(worker ?? "")'"
    let rescued = Double(try await scene.database.scalar(losses) ?? "") ?? 0
    scene.require(rescued > 0, "nothing of the worker that was cut off was rescued")
    scene.figure("rescued", rescued)
    let runs = try await scene.database.query(
      "SELECT quote_literal(run_id) FROM witness.loss WHERE worker = '\(worker ?? "")'")
    let names = runs.compactMap { $0[0] }.joined(separator: ",")
    let resumed = try await scene.ledger.scalar(
      """
      SELECT extract(epoch FROM min(at)) FROM effect
      WHERE run_id IN (\(names)) AND worker <> '\(worker ?? "")' AND at > to_timestamp(\(cut))
      """)
    scene.fault("cut off for 15 s", at: cut, overAt: resumed.flatMap(Double.init) ?? cut)
    proxy.resume()
    try await scene.pass(.seconds(4))
    await load.stop()
    let isBack = try await scene.database.eventually(
      """
      SELECT state = 'running' AND heartbeat_at > clock_timestamp() - interval '4 seconds'
      FROM swell.worker WHERE worker_id = '\(worker ?? "")'
      """)
    scene.require(isBack, "the worker that was cut off is not back")
  }

  private static func proxy(for scene: ChaosScene) throws -> FaultProxy {
    let proxy = try FaultProxy(to: scene.database.url)
    scene.atEnd { proxy.stop() }
    return proxy
  }

  private static func cutOften(on scene: ChaosScene, for time: Duration) async throws {
    let proxy = try proxy(for: scene)
    _ = try await scene.workers(3, ["DATABASE_URL": proxy.url])
    let load = scene.load(perSecond: 60)
    try await scene.stored(100)
    // Small numbers end within the greeting, large ones within a reply.
    proxy.change { $0.cutAfter = { 1 << scene.random(in: 7..<18) + scene.random(in: 0..<1000) } }
    proxy.cutAll()
    scene.fault("cut again and again")
    let before = proxy.connections
    try await scene.pass(time)
    scene.figure("cut", Double(proxy.connections - before))
    scene.require(proxy.connections - before > 10, "nothing was cut")
    proxy.change { $0.cutAfter = nil }
    proxy.cutAll()
    scene.fault("the last cut")
    try await scene.pass(.seconds(2))
    await load.stop()
  }
}
