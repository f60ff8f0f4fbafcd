import Foundation
import SwellLocal
import SwellTesting
import Synchronization

/// The primary dies and its standby takes over; workers know both (`host=a,b
/// target_session_attrs=read-write`).
enum FailoverFaults {
  static let cases = [synchronous, silent, rejoined, comesBackWritable, forgetful]

  static let synchronous = ChaosCase(
    "failover_synchronous",
    "The primary is killed under load and its synchronous standby is promoted: nothing is lost.",
    limit: .seconds(90)
  ) { scene in
    let pair = try await ReplicaPair.make(on: scene)
    try await pair.makeSynchronous()
    let load = try await failOver(pair, on: scene)
    try await scene.pass(.seconds(4))
    await load.stop()
    try await scene.expectNoLoss()
  }

  static let silent = ChaosCase(
    "failover_silent",
    "The primary's machine goes silent, refusing nothing, and its standby is promoted: workers find it, and take nothing from each other.",
    limit: .seconds(120)
  ) { scene in
    let pair = try await ReplicaPair.make(on: scene)
    try await pair.makeSynchronous()
    let proxy = try FaultProxy(to: pair.primary.url)
    scene.atEnd { proxy.stop() }
    let url = pair.url(primaryAt: proxy.folder)
    _ = try await scene.workers(4, ["DATABASE_URL": url])
    let load = scene.load(perSecond: 60, input: #"{"ms": 50}"#)
    try await scene.stored(300)
    try await scene.pass(.milliseconds(scene.random(in: 0..<2000)))
    // Nothing is refused: whoever connects is heard by nobody.
    proxy.stall()
    pair.killPrimary()
    scene.fault("the primary says nothing any more")
    try await scene.pass(.milliseconds(scene.random(in: 200..<3000)))
    try await pair.promote()
    try await scene.stored(500)
    try await scene.pass(.seconds(14))
    try await expectBeats(of: 4, on: scene)
    await load.stop()
    try await scene.expectNoLoss()
  }

  static let rejoined = ChaosCase(
    "failover_rejoined",
    "After a failover the old primary comes back as a standby, first in every list of hosts: nobody stays there.",
    limit: .seconds(120)
  ) { scene in
    let pair = try await ReplicaPair.make(on: scene)
    try await pair.makeSynchronous()
    let load = try await failOver(pair, on: scene)
    try await pair.rejoin()
    let old = PatientConnection(pair.primary.url)
    let isStandby = try await old.scalar("SELECT pg_is_in_recovery()", patience: .seconds(10))
    await old.close()
    scene.require(isStandby == "t", "the old primary is no standby")
    let newcomer = try scene.worker(["DATABASE_URL": pair.url])
    try await scene.running([newcomer])
    for round in 1...3 {
      try await dropConnections(of: pair)
      scene.fault("everybody connects anew, \(round) of 3")
      try await scene.pass(.seconds(1))
    }
    try await expectBeats(of: 4, on: scene)
    await load.stop()
    try await scene.expectNoLoss()
  }

  /// Its operator ought to have fenced it. What is shown is how far synchronous replication helps
  /// who forgets: a server that acknowledges nothing can start nothing.
  static let comesBackWritable = ChaosCase(
    "failover_old_primary_writable",
    "After a failover the old primary comes back writable, without its standby: workers that come to it execute nothing there, and work when it is gone.",
    limit: .seconds(120)
  ) { scene in
    let pair = try await ReplicaPair.make(on: scene)
    try await pair.makeSynchronous()
    let wanderer = try scene.worker(["DATABASE_URL": pair.url + " application_name=wanderer"])
    let load = try await failOver(pair, on: scene)
    // Who judges looks at the server that counts.
    await scene.database.redirect(to: pair.standby.url)
    try await pair.primary.startAgain()
    try await scene.running([wanderer])
    let strays = [try scene.worker(["DATABASE_URL": pair.url])]
    try await dropConnections(of: pair, named: "wanderer")
    try await scene.pass(.seconds(9))
    let old = PatientConnection(pair.primary.url)
    let sessions = try await old.scalar(
      """
      SELECT count(DISTINCT application_name) FROM pg_stat_activity
      WHERE datname = 'swell' AND pid <> pg_backend_pid() AND application_name IN ('wanderer', 'swell')
      """)
    scene.require(sessions == "2", "no worker went to the old primary: \(sessions ?? "none")")
    await old.close()
    let newcomers = try await scene.database.scalar(
      "SELECT count(*) FROM swell.worker WHERE pid = \(strays[0].pid)")
    scene.require(newcomers == "0", "a new worker did not go to the first host that is writable")
    let lost = try await scene.database.scalar(
      """
      SELECT count(*) FROM witness.loss AS l JOIN swell.worker AS w ON w.worker_id = l.worker
      WHERE w.pid <> \(wanderer.pid)
      """)
    scene.require(lost == "0", "\(lost ?? "?") runs were taken from workers that had not moved")
    try await pair.primary.halt(mode: .immediate)
    scene.fault("the old primary is fenced")
    try await scene.running(strays + [wanderer])
    try await expectBeats(of: 5, on: scene)
    await load.stop()
  }

  static let forgetful = ChaosCase(
    "failover_forgetful",
    "An asynchronous standby that is two seconds behind is promoted: what it never had is done again, and workers are kept apart.",
    limit: .seconds(90)
  ) { scene in
    let proxy = try FaultProxy(to: scene.server.url)
    scene.atEnd { proxy.stop() }
    let pair = try await ReplicaPair.make(on: scene, through: proxy)
    _ = try await scene.workers(2, ["DATABASE_URL": pair.url])
    let before = scene.load(perSecond: 60, input: #"{"ms": 100}"#)
    try await scene.stored(300)
    proxy.stall()
    // Nothing that is acknowledged from now on reaches the standby, this worker's name included.
    _ = try await scene.workers(1, ["DATABASE_URL": pair.url])
    try await scene.pass(.seconds(2))
    let acknowledged = scene.state.withLock { $0.acknowledged.count }
    await before.stop()
    let at = Date().timeIntervalSince1970
    pair.killPrimary()
    proxy.stop()
    try await pair.promote()
    scene.fault("promoted")
    let kept = try await scene.database.query(
      "SELECT run_id FROM swell.run", patience: .seconds(20)
    ).compactMap { $0[0] }
    scene.forget(allBut: kept, before: at)
    scene.figure("forgotten_runs", Double(acknowledged - kept.count))
    scene.require(acknowledged > kept.count, "the standby had forgotten nothing")
    let after = scene.load(perSecond: 60)
    try await scene.pass(.seconds(4))
    await after.stop()
    try await expectBeats(of: 3, on: scene)
    try await scene.expectNoLoss()
  }

  /// Three workers under load, whose primary dies and whose standby is promoted.
  private static func failOver(
    _ pair: ReplicaPair, on scene: ChaosScene
  ) async throws -> ChaosLoad {
    _ = try await scene.workers(3, ["DATABASE_URL": pair.url])
    let load = scene.load(perSecond: 60, input: #"{"ms": 50}"#)
    try await scene.stored(300)
    try await scene.pass(.milliseconds(scene.random(in: 0..<500)))
    scene.fault("the primary is killed")
    pair.killPrimary()
    try await scene.pass(.milliseconds(scene.random(in: 200..<1000)))
    try await pair.promote()
    try await scene.stored(500)
    return load
  }

  private static func expectBeats(of count: Int, on scene: ChaosScene) async throws {
    let beat = try await scene.database.eventually(
      """
      SELECT count(*) = \(count) FROM swell.worker
      WHERE state = 'running' AND heartbeat_at > clock_timestamp() - interval '3 seconds'
      """)
    scene.require(beat, "not all \(count) workers beat on the new primary")
  }

  private static func dropConnections(of pair: ReplicaPair, named name: String? = nil) async throws
  {
    let admin = PatientConnection(pair.standby.url)
    let condition = name.map { "application_name = '\($0)'" } ?? "true"
    try await admin.query(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = 'swell' AND pid <> pg_backend_pid() AND \(condition)
      """)
    await admin.close()
  }
}
