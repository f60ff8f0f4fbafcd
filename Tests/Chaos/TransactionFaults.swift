import Foundation
import SwellEngine
import SwellTesting

/// Effects in Swell's own database, which must be there exactly as often as their nodes have succeeded.
///
/// The table of effects is their ledger: it lies beside Swell's tables, since that is the promise.
enum TransactionFaults {
  static let cases = [underKill, sample, atPoints, repliesLost, sessionsEnded, pooled]

  /// A sink, items of a map that take turns, and a handler; beside them a node that is stored meanwhile.
  static let payment = #"""
    workflow: payment
    defaults: {timeout: 60s, retry: {strategy: fixed, delay: 50ms, maxRetries: 50}}
    nodes:
      debit:
        sink: sql
        with:
          exactlyOnce: true
          query: INSERT INTO public.booking (key) SELECT $1 FROM pg_sleep(0.02)
          parameters: ["${{ run.id }}/debit/0/0"]
      beside: {handler: work}
      lines:
        needs: debit
        map: {over: "${{ [1, 2, 3] }}"}
        sink: sql
        with:
          exactlyOnce: true
          query: INSERT INTO public.booking (key) VALUES ($1)
          parameters: ["${{ run.id }}/lines/${{ index + 1 }}/0"]
      credit: {needs: [debit, beside], handler: slow_book, input: {ms: 20}}
      receipt: {needs: [lines, credit], handler: work}
    """#

  private static func prepare(_ scene: ChaosScene) async throws {
    try await scene.database.query(
      """
      CREATE TABLE public.booking (key text NOT NULL, attempt int, at timestamptz NOT NULL DEFAULT clock_timestamp())
      """)
    try await scene.apply(payment)
  }

  /// Each success has one effect, each effect one success: also of runs that were given up.
  private static func judge(_ scene: ChaosScene) async throws {
    try await scene.quiet()
    let unequal = try await scene.database.query(
      """
      SELECT concat_ws(' ', COALESCE(n.key, b.key), n.key IS NOT NULL, COALESCE(b.count, 0))
      FROM (
        SELECT concat_ws('/', n.run_id, n.node_id, n.item, n.iteration) AS key
        FROM swell.node AS n
        WHERE n.state = 'succeeded' AND n.node_id IN ('debit', 'lines', 'credit')
          AND (n.node_id <> 'lines' OR n.item > 0)
      ) AS n
      FULL JOIN (SELECT b.key, count(*) FROM public.booking AS b GROUP BY 1) AS b ON b.key = n.key
      WHERE n.key IS NULL OR b.count IS DISTINCT FROM 1
      """, patience: .seconds(20))
    let some = unequal.prefix(5).compactMap { $0[0] }.joined(separator: ", ")
    scene.require(unequal.isEmpty, "\(unequal.count) effects differ from successes: \(some)")
    let effects = try await scene.database.scalar(
      "SELECT count(*) FROM public.booking", patience: .seconds(10))
    let count = effects.flatMap(Double.init) ?? 0
    scene.require(count > 0, "there was no effect at all")
    scene.figure("effects", count)
  }

  private static func kill(_ kills: Int, on scene: ChaosScene) async throws {
    scene.tolerateCrashBudget()
    try await prepare(scene)
    let load = scene.load("payment", perSecond: 30, input: #"{"ms": 20}"#)
    scene.supervise(3)
    try await scene.stored(50)
    for _ in 0..<kills {
      try await scene.pass(.milliseconds(scene.random(in: 150..<600)))
      let living = scene.living()
      guard !living.isEmpty else { continue }
      living[scene.random(in: 0..<living.count)].signal(SIGKILL)
    }
    await load.stop()
    try await judge(scene)
  }

  static let underKill = ChaosCase(
    "effects_once_under_kill",
    "Workers are killed at 60 random moments while they commit effects with exactlyOnce: each success "
      + "has one effect, and each effect one success.", limit: .seconds(180)
  ) { scene in
    try await kill(60, on: scene)
  }

  static let sample = ChaosCase(
    "effects_once_sample", "Like effects_once_under_kill, with six kills.", isInSample: true
  ) { scene in
    try await kill(6, on: scene)
  }

  static let pooled = ChaosCase(
    "effects_once_pooled",
    "Three workers with exactlyOnce share three connections to the server through PgBouncer, and one is killed.",
    limit: .seconds(90)
  ) { scene in
    try await prepare(scene)
    let pooler = try await PoolerFaults.pooler(for: scene, poolSize: 3)
    let fleet = try await PoolerFaults.workers(behind: pooler, on: scene)
    let load = scene.load("payment", perSecond: 20, input: #"{"ms": 20}"#)
    try await scene.stored(20)
    scene.fault("three connections for transactions, records and claims")
    try await scene.pass(.seconds(8))
    let late = scene.load("payment", perSecond: 60, input: #"{"ms": 20}"#)
    try await scene.pass(.seconds(2))
    try await scene.expectNoLoss()
    scene.kill(fleet[scene.random(in: 0..<fleet.count)])
    try await scene.pass(.seconds(3))
    await late.stop()
    await load.stop()
    try await judge(scene)
  }

  static let atPoints = ChaosCase(
    "effects_once_at_points",
    "A worker kills itself in its transactions: after the effect, before and after the commit.",
    limit: .seconds(120)
  ) { scene in
    scene.tolerateCrashBudget()
    try await prepare(scene)
    try await scene.watching(scene.workers(2))
    let load = scene.load("payment", perSecond: 30, input: #"{"ms": 20}"#)
    for point in FaultPoint.allCases where point.isOfTransactions {
      for range in [1..<2, 2..<10, 10..<40] {
        let count = scene.random(in: range)
        let victim = try scene.worker(["SWELL_TEST_FAULT": "\(point.rawValue):\(count):kill"])
        let code = await scene.ended(victim, within: .seconds(20))
        scene.died(
          victim, "killed at \(point.rawValue) \(count)", at: Date().timeIntervalSince1970)
        scene.require(
          code == 128 + SIGKILL, "\(point.rawValue):\(count) was not reached: \(code ?? -1)")
        try await scene.pass(.milliseconds(300))
      }
    }
    await load.stop()
    try await judge(scene)
  }

  static let repliesLost = ChaosCase(
    "effects_once_replies_lost",
    "Replies to the commits of effects are lost again and again, and those of records beside them.",
    isInSample: true
  ) { scene in
    scene.forbidLosses()
    try await prepare(scene)
    let workers = try [
      "after_transaction_commit:2:lose_each", "after_transaction_commit:7:lose_each",
      "record_reply:5:lose_each",
    ].map { try scene.worker(["SWELL_TEST_FAULT": $0]) }
    try await scene.running(workers)
    let load = scene.load("payment", perSecond: 30)
    try await scene.pass(.seconds(1))
    scene.fault("replies are lost")
    try await scene.pass(.seconds(4))
    await load.stop()
    try await judge(scene)
    let lost = workers.count { $0.log.contains("the reply to a commit was lost") }
    scene.require(lost == 2, "\(lost) workers lost the reply to a commit")
  }

  static let sessionsEnded = ChaosCase(
    "effects_once_sessions_ended",
    "pg_terminate_backend on every session, in the middle of transactions and commits, four times a "
      + "second for eight seconds.", limit: .seconds(90)
  ) { scene in
    try await prepare(scene)
    try await scene.running(scene.workers(3))
    let load = scene.load("payment", perSecond: 30)
    try await scene.pass(.seconds(1))
    scene.fault("sessions are ended")
    for _ in 0..<32 {
      _ = try? await scene.database.query(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
        """)
      try await scene.pass(.milliseconds(250))
    }
    await load.stop()
    try await judge(scene)
  }
}
