import Foundation
import SwellLocal
import SwellTesting
import Synchronization

/// PostgreSQL goes away and comes back; the workers stay.
enum ServerFaults {
  static let cases = [
    stoppedFast, stoppedImmediate, backendKilled, backendKilledDown20, away30, hung5, hung15,
    restartedWhileRescuing, oneIsLate,
  ]

  static let stoppedFast = ChaosCase(
    "postgres_stopped_fast",
    "The server is stopped in order under load and started again at once, three times."
  ) { scene in
    try await restarts(3, .fast, on: scene)
  }

  static let stoppedImmediate = ChaosCase(
    "postgres_stopped_immediate",
    "The server is stopped as in a crash under load and recovers, three times.", isInSample: true
  ) { scene in
    try await restarts(3, .immediate, on: scene)
  }

  private static func restarts(
    _ count: Int, _ mode: PrivateServer.Mode, on scene: ChaosScene
  ) async throws {
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 100)
    for round in 1...count {
      try await scene.stored(100 * round)
      try await scene.pass(.milliseconds(scene.random(in: 0..<500)))
      scene.fault("stopped \(mode.rawValue), \(round) of \(count)")
      try await scene.server.restart(mode: mode)
      try await scene.pass(.milliseconds(500))
    }
    await load.stop()
  }

  static let backendKilled = ChaosCase(
    "backend_killed",
    "One backend is killed with SIGKILL, so that all sessions drop and the server recovers; five "
      + "times."
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 80)
    for round in 1...5 {
      try await scene.stored(60 * round)
      try await scene.pass(.milliseconds(scene.random(in: 0..<400)))
      let victim = try await backend(of: scene)
      scene.fault("backend killed, \(round) of 5")
      Foundation.kill(victim, SIGKILL)
      try await scene.pass(.milliseconds(700))
    }
    await load.stop()
  }

  static let backendKilledDown20 = ChaosCase(
    "backend_killed_down_20s",
    "One backend is killed with SIGKILL, and the server stays down for twenty seconds.",
    limit: .seconds(90), settings: ["restart_after_crash": "off"]
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 80, input: #"{"ms": 20}"#)
    try await scene.stored(200)
    let victim = try await backend(of: scene)
    scene.fault("backend killed, the server is down")
    Foundation.kill(victim, SIGKILL)
    try await scene.pass(.seconds(20))
    try await scene.server.startAgain()
    try await scene.pass(.seconds(2))
    await load.stop()
  }

  /// The backend of a worker, whichever the seed says.
  private static func backend(of scene: ChaosScene) async throws -> Int32 {
    let pids = try await scene.database.query(
      """
      SELECT pid FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY pid
      """, patience: .seconds(10)
    ).compactMap { $0[0].flatMap { Int32($0) } }
    guard !pids.isEmpty else { throw ChaosSkip("there is no backend to kill") }
    return pids[scene.random(in: 0..<pids.count)]
  }

  static let away30 = ChaosCase(
    "postgres_away_30s", "The server is away for thirty seconds, with work in every hand.",
    limit: .seconds(90)
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 80, input: #"{"ms": 300}"#)
    try await scene.stored(200)
    scene.fault("stopped")
    try await scene.server.halt(mode: .fast)
    try await scene.pass(.seconds(30))
    try await scene.server.startAgain()
    try await scene.pass(.seconds(2))
    await load.stop()
  }

  static let hung5 = ChaosCase(
    "postgres_hung_5s",
    "All of the server stands still (SIGSTOP) for five seconds: calls wait, nobody is given up."
  ) { scene in
    try await hang(for: .seconds(5), on: scene)
  }

  static let hung15 = ChaosCase(
    "postgres_hung_15s",
    "All of the server stands still for fifteen seconds, beyond every deadline; what its backends "
      + "still do afterwards is reconciled.", limit: .seconds(90)
  ) { scene in
    try await hang(for: .seconds(15), on: scene)
  }

  private static func hang(for time: Duration, on scene: ChaosScene) async throws {
    scene.forbidLosses()
    _ = try await scene.workers(3)
    let load = scene.load(perSecond: 80, input: #"{"ms": 20}"#)
    try await scene.stored(200)
    // Long enough for the rescuers to trust their connections.
    try await scene.pass(.milliseconds(11_000 + scene.random(in: 0..<1500)))
    guard let postmaster = scene.server.postmasterPID else { throw ChaosSkip("no postmaster") }
    let processes = PostgresProcesses(postmaster: postmaster)
    scene.atEnd { processes.proceed() }
    scene.fault("hangs")
    processes.hang()
    try await scene.pass(time)
    processes.proceed()
    try await scene.pass(.seconds(2))
    await load.stop()
  }

  /// The restart has taken all locks, and the late worker's is the last to be there again.
  static let oneIsLate = ChaosCase(
    "restarted_one_is_late",
    "The server crashes, and one worker of three comes back five seconds after the others: nobody takes its runs."
  ) { scene in
    scene.forbidLosses()
    let proxy = try FaultProxy(to: scene.server.url)
    scene.atEnd { proxy.stop() }
    _ = try await scene.workers(2)
    _ = try await scene.workers(1, ["DATABASE_URL": proxy.url])
    let load = scene.load(perSecond: 80, input: #"{"ms": 50}"#)
    try await scene.stored(200)
    try await scene.pass(.milliseconds(scene.random(in: 0..<2000)))
    scene.fault("the server restarts, unseen by one worker")
    proxy.stall()
    try await scene.server.restart(mode: .immediate)
    try await scene.pass(.milliseconds(4000 + scene.random(in: 0..<1000)))
    proxy.resume()
    try await scene.pass(.seconds(4))
    await load.stop()
  }

  static let restartedWhileRescuing = ChaosCase(
    "restarted_while_rescuing",
    "A worker is killed, and the server crashes while another one is rescuing; five times.",
    limit: .seconds(120)
  ) { scene in
    scene.tolerateCrashBudget()
    var fleet = try await scene.workers(3)
    let load = scene.load(perSecond: 50, input: #"{"ms": 300}"#)
    var interrupted = 0
    for round in 1...5 {
      try await scene.watching(fleet)
      let victim = fleet.remove(at: scene.random(in: 0..<fleet.count))
      let holder = try await scene.database.scalar(
        "SELECT worker_id FROM swell.worker WHERE pid = \(victim.pid)")
      let held = "SELECT EXISTS (SELECT FROM swell.ready WHERE claimed_by = '\(holder ?? "")')"
      let hadWork = try await scene.database.eventually(held)
      scene.require(hadWork, "the victim held nothing")
      scene.kill(victim, "killed, \(round) of 5")
      // Two looks and the rescue take three to five hundred milliseconds.
      try await scene.pass(.milliseconds(scene.random(in: 20..<300)))
      let holds = try await scene.database.scalar(held)
      if holds == "t" { interrupted += 1 }
      try await scene.server.restart(mode: .immediate)
      fleet.append(try scene.worker())
      try await scene.running(fleet)
      try await scene.pass(.milliseconds(scene.random(in: 500..<3000)))
    }
    scene.figure("interrupted", Double(interrupted))
    scene.require(interrupted >= 3, "most rescues were over when the server crashed")
    // Whom nobody has seen since is given up by its heartbeat.
    try await scene.pass(.seconds(9))
    await load.stop()
    try await scene.quiet()
    // Only the killed were given up.
    let killed = scene.state.withLock { state in
      state.faults.compactMap { if case .victim(let pid) = $0.proof { "\(pid)" } else { nil } }
    }
    let wronged = try await scene.database.scalar(
      """
      SELECT count(DISTINCT l.worker) FROM witness.loss AS l
      JOIN swell.worker AS w ON w.worker_id = l.worker
      WHERE w.pid NOT IN (\(killed.joined(separator: ",")))
      """, patience: .seconds(10))
    scene.require(wronged == "0", "\(wronged ?? "?") living workers lost runs")
  }
}
