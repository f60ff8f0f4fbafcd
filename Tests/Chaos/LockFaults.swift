import Foundation
import SwellTesting

/// Others hold locks, commit late, or cross each other.
enum LockFaults {
  static let cases = [
    rowsLocked, tableLocked, tableLockedLong, laneUncommitted, bulkCrossing, lateCommits,
  ]

  static let rowsLocked = ChaosCase(
    "rows_locked",
    "Somebody holds rows of ready locked (SELECT … FOR UPDATE) for seconds; all others go on.",
    isInSample: true
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 60, input: #"{"ms": 30}"#)
    try await scene.stored(50)
    let lockers = (0..<4).map { _ in PatientConnection(scene.database.url) }
    scene.atEnd { for locker in lockers { await locker.close() } }
    for _ in 0..<2 {
      scene.fault("rows are locked")
      for (place, locker) in lockers.enumerated() {
        // Half of them what is claimed, half of them what waits.
        try await locker.query(
          """
          BEGIN;
          SELECT FROM swell.ready WHERE (claimed_by IS NULL) = \(place % 2 == 0)
          ORDER BY run_id LIMIT 3 FOR UPDATE SKIP LOCKED
          """)
      }
      try await scene.pass(.milliseconds(1500 + scene.random(in: 0..<1000)))
      for locker in lockers { try await locker.query("ROLLBACK") }
    }
    await load.stop()
  }

  static let tableLocked = ChaosCase(
    "table_locked", "LOCK TABLE swell.ready for four seconds, below the deadline of every call."
  ) { scene in
    try await lockTable(for: .seconds(4), on: scene)
  }

  static let tableLockedLong = ChaosCase(
    "table_locked_long", "LOCK TABLE swell.ready for fourteen seconds, beyond every deadline."
  ) { scene in
    try await lockTable(for: .seconds(14), on: scene)
  }

  private static func lockTable(for time: Duration, on scene: ChaosScene) async throws {
    scene.forbidLosses()
    _ = try await scene.workers(3)
    let load = scene.load(perSecond: 60, input: #"{"ms": 20}"#)
    try await scene.stored(100)
    let locker = PatientConnection(scene.database.url)
    scene.atEnd { await locker.close() }
    scene.fault("the table is locked")
    try await locker.query("BEGIN; LOCK TABLE swell.ready IN ACCESS EXCLUSIVE MODE")
    try await scene.pass(time)
    try await locker.query("COMMIT")
    try await scene.pass(.seconds(1))
    await load.stop()
  }

  static let laneUncommitted = ChaosCase(
    "lane_uncommitted",
    "A deployment's transaction has made the lanes that every run needs next, and stays open; nobody waits for it.",
    isInSample: true
  ) { scene in
    scene.forbidLosses()
    let deployer = PatientConnection(scene.database.url)
    scene.atEnd { await deployer.close() }
    try await deployer.query(
      """
      BEGIN;
      INSERT INTO swell.lane (queue, kinds)
      VALUES ('default', '{handler:flaky_work}'), ('default', '{handler:flaky_work,handler:work}')
      """)
    _ = try await scene.workers(2)
    scene.fault("the lanes are not committed")
    let load = scene.load(perSecond: 60)
    try await scene.pass(.seconds(8))
    let ended = try await scene.database.scalar(
      "SELECT count(*) FROM swell.run WHERE workflow = 'order' AND state = 'succeeded'")
    let count = ended.flatMap(Double.init) ?? 0
    scene.require(count > 200, "only \(count) runs ended while the transaction was open")
    scene.figure("ended meanwhile", count)
    try await deployer.query("ROLLBACK")
    await load.stop()
  }

  static let bulkCrossing = ChaosCase(
    "bulk_operations_cross",
    "Cancels, retries and enqueues of hundreds of runs cross each other and the workers; no worker "
      + "is a deadlock's victim."
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    try await scene.enqueue("order", 300, input: #"{"ms": 20}"#, expecting: .ended)
    // Not the probe, which says when work goes on.
    let live = "FROM swell.run WHERE state = 'live' AND workflow = 'order'"
    let cancelled = "FROM swell.run WHERE state = 'cancelled' AND workflow = 'order'"
    let operations = [
      "SELECT swell.cancel(run_id) FROM (SELECT run_id \(live) ORDER BY run_id LIMIT 60) AS r",
      "SELECT swell.cancel(run_id) FROM (SELECT run_id \(live) ORDER BY run_id DESC LIMIT 60) AS r",
      "SELECT swell.retry(run_id) FROM (SELECT run_id \(cancelled) ORDER BY run_id LIMIT 40) AS r",
      "SELECT swell.retry(run_id) FROM (SELECT run_id \(cancelled) ORDER BY run_id DESC LIMIT 40) AS r",
    ]
    scene.fault("they cross")
    let end = ContinuousClock.now + .seconds(8)
    let refused = try await withThrowingTaskGroup(of: Int.self) { group in
      for operation in operations {
        group.addTask {
          let client = PatientConnection(scene.database.url)
          var refused = 0
          while ContinuousClock.now < end {
            // A client that crosses another one may be refused, and tries again.
            if (try? await client.query(operation, within: .seconds(10))) == nil { refused += 1 }
          }
          await client.close()
          return refused
        }
      }
      group.addTask {
        while ContinuousClock.now < end {
          try await scene.enqueue("order", 20, input: #"{"ms": 20}"#, expecting: .ended)
          try await scene.pass(.milliseconds(100))
        }
        return 0
      }
      var sum = 0
      for try await count in group { sum += count }
      return sum
    }
    scene.figure("refused", Double(refused))
    let deadlocks = try await scene.database.scalar(
      "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    scene.figure("deadlocks", Double(deadlocks ?? "") ?? -1)
    for worker in scene.living() {
      scene.require(!worker.log.contains("40P01"), "a worker was the victim of a deadlock")
    }
  }

  static let lateCommits = ChaosCase(
    "late_commits",
    "Forty transactions enqueue and commit up to five seconds later, below every worker's bounds; "
      + "each run starts soon after its commit.", isInSample: true
  ) { scene in
    scene.forbidLosses()
    _ = try await scene.workers(2)
    let load = scene.load(perSecond: 60)
    try await scene.stored(50)
    var commits: [String: Double] = [:]
    let holds = (0..<40).map { _ in scene.random(in: 100..<5000) }
    try await withThrowingTaskGroup(of: (String, Double)?.self) { group in
      for hold in holds {
        group.addTask {
          let client = PatientConnection(scene.database.url)
          let run = try await client.scalar("BEGIN; SELECT swell.enqueue('order', '{\"ms\": 2}')")
          try await scene.pass(.milliseconds(hold))
          try await client.query("COMMIT")
          let at = Date().timeIntervalSince1970
          await client.close()
          guard let run else { return nil }
          scene.acknowledge([run])
          return (run, at)
        }
      }
      for try await pair in group {
        if let (run, at) = pair { commits[run] = at }
      }
    }
    await load.stop()
    try await scene.quiet()
    var delays: [Double] = []
    for row in try await scene.ledger.query(
      "SELECT run_id, extract(epoch FROM min(at)) FROM effect GROUP BY 1")
    {
      guard let run = row[0], let commit = commits[run], let start = row[1].flatMap(Double.init)
      else { continue }
      delays.append((start - commit) * 1000)
    }
    scene.require(delays.count == 40, "only \(delays.count) of 40 late runs started")
    scene.requireDelay(
      "late_start_max_ms", delays.max() ?? 0, below: 2500, "a run that was committed late waited")
  }
}
