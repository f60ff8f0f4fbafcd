import Foundation
import SwellLocal
import SwellTesting

/// Workers behind PgBouncer in transaction mode (`--pooled`).
enum PoolerFaults {
  static let cases = [everyCall, killed, restarted, small, serverRestarted, workerKilled]

  static let everyCall = ChaosCase(
    "pooled_every_call",
    "Each call of a 5-node run of a pooled worker is broken in turn, in every way.",
    limit: .seconds(400)
  ) { scene in
    let pooler = try await pooler(for: scene)
    try await EveryCall(
      faults: CallFaults.errors + CallFaults.cuts + CallFaults.delays, pooler: pooler
    ).run(on: scene)
  }

  static let killed = ChaosCase(
    "pooler_killed", "PgBouncer is killed under load and is away for a second, three times."
  ) { scene in
    try await end(by: SIGKILL, away: .seconds(1), on: scene)
  }

  static let restarted = ChaosCase(
    "pooler_restarted", "PgBouncer is told to stop under load and is started again, three times."
  ) { scene in
    try await end(by: SIGTERM, away: .zero, on: scene)
  }

  static let small = ChaosCase(
    "pooler_small", "Three workers share two connections to the server, under load."
  ) { scene in
    let pooler = try await pooler(for: scene, poolSize: 2)
    _ = try await workers(behind: pooler, on: scene)
    let load = scene.load(perSecond: 100)
    try await scene.stored(100)
    scene.fault("two connections for all")
    try await scene.pass(.seconds(8))
    await load.stop()
    try await scene.expectNoLoss()
  }

  static let serverRestarted = ChaosCase(
    "pooler_server_restarted", "The server behind PgBouncer crashes under load and starts again."
  ) { scene in
    let pooler = try await pooler(for: scene)
    _ = try await workers(behind: pooler, on: scene)
    let load = scene.load(perSecond: 60)
    for round in 1...3 {
      try await scene.stored(150 * round)
      scene.fault("the server behind it crashes, \(round) of 3")
      try await scene.server.restart(mode: .immediate)
      try await scene.pass(.seconds(2))
    }
    await load.stop()
    try await scene.expectNoLoss()
  }

  static let workerKilled = ChaosCase(
    "pooled_worker_killed",
    "A pooled worker is killed: without a session lock its heartbeat tells, within 13 seconds.",
    limit: .seconds(90)
  ) { scene in
    let pooler = try await pooler(for: scene)
    let fleet = try await workers(behind: pooler, on: scene)
    let load = scene.load(perSecond: 40, input: #"{"ms": 500}"#)
    // A rescuer trusts an old heartbeat only after ten seconds of its own.
    try await scene.pass(.seconds(11))
    // Idle workers sleep for up to a second here, so not every one holds runs at every moment.
    let busiest = try await scene.database.scalar(
      """
      SELECT w.pid FROM swell.ready AS r JOIN swell.worker AS w ON w.worker_id = r.claimed_by
      GROUP BY w.pid ORDER BY count(*) DESC LIMIT 1
      """)
    scene.kill(fleet.first { "\($0.pid)" == busiest } ?? fleet[0])
    try await scene.pass(.seconds(14))
    await load.stop()
    let rescued = try await scene.database.scalar("SELECT count(*) FROM witness.loss")
    scene.require(rescued != "0", "nothing was rescued")
  }

  private static func end(by signal: Int32, away: Duration, on scene: ChaosScene) async throws {
    let pooler = try await pooler(for: scene)
    _ = try await workers(behind: pooler, on: scene)
    let load = scene.load(perSecond: 60)
    for round in 1...3 {
      try await scene.stored(150 * round)
      try await scene.pass(.milliseconds(scene.random(in: 0..<500)))
      scene.fault("the pooler ends, \(round) of 3")
      await pooler.end(by: signal)
      try await scene.pass(away)
      let told = pooler.log.contains("SIGTERM")
      scene.require(signal == SIGKILL || told, "the pooler was not told to stop")
      try await pooler.startAgain()
      try await scene.pass(.seconds(1))
    }
    await load.stop()
    try await scene.expectNoLoss()
  }

  static func workers(
    behind pooler: PgBouncer, on scene: ChaosScene
  ) async throws -> [WorkerProcess] {
    try await scene.workers(
      3, ["DATABASE_URL": pooler.url(for: scene.database.url), "SWELL_TEST_POOLED": "1"])
  }

  static func pooler(
    for scene: ChaosScene, poolSize: Int = 20
  ) async throws -> PgBouncer {
    guard PgBouncer.program != nil else { throw ChaosSkip("pgbouncer is not installed") }
    let pooler = try await PgBouncer(inFrontOf: scene.database.url, poolSize: poolSize)
    scene.atEnd { pooler.stop() }
    return pooler
  }
}
