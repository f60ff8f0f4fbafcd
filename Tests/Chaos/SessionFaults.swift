import Foundation
import SwellLocal
import SwellPostgres
import SwellTesting

/// A server that refuses sessions, statements or space.
enum SessionFaults {
  static let cases = [
    terminated, exhausted, diskFull, statementTimeout, serializable, repeatableRead,
  ]

  /// Everybody's backend but that of the scene itself.
  private static let terminateAll = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
    """

  static let terminated = ChaosCase(
    "backends_terminated",
    "pg_terminate_backend on every session ten times a second for five seconds.", isInSample: true
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 80)
    try await scene.stored(100)
    scene.fault("terminated ten times a second")
    let end = ContinuousClock.now + .seconds(5)
    while ContinuousClock.now < end {
      try await scene.database.query(terminateAll)
      try await scene.pass(.milliseconds(100))
    }
    await load.stop()
  }

  static let exhausted = ChaosCase(
    "connections_exhausted",
    "Others take every connection while all workers have lost theirs, for six seconds.",
    settings: ["max_connections": "30"]
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 80, input: #"{"ms": 20}"#)
    try await scene.stored(100)
    let crowd = ConnectionCrowd(url: scene.database.url)
    scene.atEnd { await crowd.leave() }
    // Who loses a session comes back at once, and the crowd has to be quicker.
    let others = terminateAll + " AND application_name IS DISTINCT FROM 'crowd'"
    var left = -1
    for _ in 0..<400 where left != 0 {
      await crowd.fill()
      left = try await scene.database.query(others).count
    }
    scene.require(left == 0, "the crowd could not take every connection")
    scene.fault("no connection is left")
    // A backend that had not gone yet left its place to somebody; and the crowd has to stay complete.
    var intrusions: [ContinuousClock.Instant] = []
    let begin = ContinuousClock.now
    while ContinuousClock.now < begin + .seconds(6) {
      await crowd.fill()
      if try await !scene.database.query(others).isEmpty { intrusions.append(.now) }
      try await scene.pass(.milliseconds(10))
    }
    let last = intrusions.last.map { $0 - begin } ?? .zero
    scene.require(
      last < .seconds(1), "somebody got in \(last) after the crowd had taken everything")
    scene.figure("crowd", Double(await crowd.count))
    await crowd.leave()
    try await scene.pass(.seconds(2))
    await load.stop()
  }

  static let diskFull = ChaosCase(
    "disk_full",
    "The server's disk is full for six seconds, then space is given back; twice.",
    limit: .seconds(120),
    settings: ["max_wal_size": "64MB", "min_wal_size": "32MB", "shared_buffers": "16MB"],
    disk: .small(mebibytes: 220)
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 80, input: #"{"ms": 5}"#)
    for round in 1...2 {
      try await scene.stored(150 * round)
      let ballast = Ballast(
        beside: URL(fileURLWithPath: scene.server.dataDirectory).deletingLastPathComponent().path)
      scene.atEnd { ballast.remove() }
      ballast.fill()
      scene.fault("the disk is full")
      let end = ContinuousClock.now + .seconds(6)
      while ContinuousClock.now < end {
        ballast.fill()
        try await scene.pass(.milliseconds(50))
      }
      ballast.remove()
      // A server that could not write its log has gone, and is started again by its supervisor.
      let back = ContinuousClock.now + .seconds(30)
      while ContinuousClock.now < back {
        if (try? await scene.server.startAgain()) != nil { break }
        try await scene.pass(.milliseconds(200))
      }
      try await scene.pass(.seconds(3))
    }
    let full =
      try String(
        contentsOfFile: URL(fileURLWithPath: scene.server.dataDirectory)
          .deletingLastPathComponent().path + "/server.log", encoding: .utf8
      ).contains("No space left on device")
    scene.require(full, "the server never met a full disk")
    await load.stop()
  }

  static let statementTimeout = ChaosCase(
    "statement_timeout_low",
    "The server's statement_timeout is 1 ms for six seconds, while every session is made anew."
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 50)
    try await scene.stored(100)
    try await scene.database.query("SET statement_timeout = 0")
    try await scene.database.query("ALTER SYSTEM SET statement_timeout = '1ms'")
    try await scene.database.query("SELECT pg_reload_conf()")
    try await scene.pass(.milliseconds(100))
    try await scene.database.query(terminateAll)
    scene.fault("statement_timeout is 1 ms")
    for _ in 0..<12 {
      try await scene.database.query(terminateAll)
      try await scene.pass(.milliseconds(500))
    }
    try await scene.database.query("ALTER SYSTEM RESET statement_timeout")
    try await scene.database.query("SELECT pg_reload_conf()")
    try await scene.pass(.seconds(2))
    await load.stop()
  }

  static let serializable = ChaosCase(
    "serializable_by_default",
    "default_transaction_isolation is serializable for the whole server; a worker is killed, too.",
    settings: ["default_transaction_isolation": "serializable"]
  ) { scene in
    try await underIsolation(scene)
  }

  static let repeatableRead = ChaosCase(
    "repeatable_read_by_default",
    "default_transaction_isolation is repeatable read for the whole server; a worker is killed.",
    settings: ["default_transaction_isolation": "repeatable read"]
  ) { scene in
    try await underIsolation(scene)
  }

  private static func underIsolation(_ scene: ChaosScene) async throws {
    scene.tolerateCrashBudget()
    var fleet = try await scene.workers(3)
    let load = scene.load(perSecond: 60, input: #"{"ms": 20}"#)
    try await scene.watching(fleet)
    for _ in 0..<2 {
      scene.kill(fleet.removeFirst())
      fleet.append(try scene.worker())
      try await scene.watching(fleet)
    }
    await load.stop()
  }
}
