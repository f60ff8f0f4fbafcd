import Foundation
import Swell
import SwellTesting
import Testing

/// What an attempt may still do while the database is away.
@Suite(.serialized) struct OutageTests {
  enum Outage: String, CaseIterable, CustomTestStringConvertible {
    case refused, hangs
    var testDescription: String { rawValue }
  }

  /// A worker in the middle of an attempt, whose database goes away.
  private func started(
    _ outage: Outage, timeout: String, _ environment: [String: String] = [:]
  ) async throws -> (Stage, FaultProxy, WorkerProcess, run: String) {
    let stage = try await Stage()
    let proxy = try FaultProxy(to: stage.database.url)
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: tell_stop, timeout: \(timeout), retry: {strategy: none}}}")
    // Has something to record as soon as the database is away.
    try await stage.database.apply(
      "workflow: short\nnodes: {a: {handler: sleep, input: {ms: 1500}}, b: {handler: sleep, input: {ms: 60000}, needs: [a]}}"
    )
    try await stage.enqueue("short")
    let run = try await stage.enqueue("w", input: #"{"ms": 30000}"#)[0]
    let worker = try stage.worker(["DATABASE_URL": proxy.url].merging(environment) { $1 })
    #expect(try await stage.ledger.eventually("SELECT count(*) = 1 FROM effect"))
    switch outage {
    case .refused:
      proxy.change { $0.refuses = true }
      proxy.cutAll()
    case .hangs: proxy.stall()
    }
    return (stage, proxy, worker, run)
  }

  private func end(_ outage: Outage, _ proxy: FaultProxy) {
    proxy.change { $0.refuses = false }
    proxy.resume()
  }

  private func state(of run: String, in stage: Stage) async throws -> String? {
    try await stage.database.scalar("SELECT state FROM swell.run WHERE run_id = '\(run)'")
  }

  private static let isStopped = "SELECT EXISTS (SELECT FROM effect WHERE event = 'stopped')"

  @Test func `an attempt has its time also while the database is away`() async {
    await atTheSameTime(Outage.allCases) { try await hasItsTime($0) }
  }

  private func hasItsTime(_ outage: Outage) async throws {
    let (stage, proxy, worker, run) = try await started(outage, timeout: "4s")
    // Within a second, though the reply to a call may be waited for, for eight.
    #expect(try await stage.ledger.eventually(Self.isStopped, within: .seconds(6)), "\(outage)")
    #expect(try await state(of: run, in: stage) == "live", "\(outage)")
    end(outage, proxy)
    #expect(
      try await stage.database.eventually(
        "SELECT state <> 'live' FROM swell.run WHERE run_id = '\(run)'"), "\(outage)")
    #expect(try await stage.node(run, "a", "error_kind") == "timeout", "\(outage)")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `what succeeded while a reply was waited for has succeeded, whatever time it had`()
    async throws
  {
    let stage = try await Stage()
    let proxy = try FaultProxy(to: stage.database.url)
    try await stage.database.apply(
      "workflow: w\nnodes: {a: {handler: sleep, timeout: 2s, input: {ms: 1500}, retry: {strategy: none}}}"
    )
    try await stage.database.apply(
      "workflow: short\nnodes: {a: {handler: sleep, input: {ms: 1000}}}")
    let worker = try stage.worker(["DATABASE_URL": proxy.url])
    #expect(try await stage.workersRunning(1))
    try await stage.enqueue("w", 20)
    try await stage.enqueue("short")
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 21 FROM swell.ready WHERE claimed_by IS NOT NULL"))
    // The record of the short one waits for its reply when the others end.
    proxy.stall()
    #expect(await worker.says("has no database", within: .seconds(20)))
    proxy.resume()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 21])
    #expect(!worker.log.contains("ignores cancellation"), "\(worker.log)")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a transaction that has its effect is stored while its recorder waits for a reply`()
    async throws
  {
    let booking = try await BookingStage(
      "workflow: w\nnodes: {hand: {handler: slow_book, timeout: 2s, input: {ms: 1500}, retry: {strategy: none}}}"
    )
    let stage = booking.stage
    let proxy = try FaultProxy(to: stage.database.url)
    try await stage.database.apply(
      "workflow: short\nnodes: {a: {handler: sleep, input: {ms: 800}}}")
    proxy.onCall { call in
      call.functions.first == "record_v1" && call.count == 1 ? .lateReply(.seconds(4)) : nil
    }
    try await stage.enqueue("w")
    try await stage.enqueue("short")
    let worker = try stage.worker(["DATABASE_URL": proxy.url, "SWELL_TEST_RECORDERS": "1"])
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM booking", within: .seconds(4)), "\(worker.log)")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.states() == ["succeeded": 2], "\(worker.log)")
    #expect(try await stage.database.scalar("SELECT count(*) FROM booking") == "1")
    #expect(!worker.log.contains("has no database"), "\(worker.log)")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a stop without a database stops attempts once their grace is over`() async {
    await atTheSameTime(Outage.allCases) { try await stops($0) }
  }

  private func stops(_ outage: Outage) async throws {
    let (stage, proxy, worker, run) = try await started(
      outage, timeout: "60s", ["SWELL_TEST_GRACE_MS": "1000"])
    worker.signal(SIGTERM)
    #expect(try await stage.ledger.eventually(Self.isStopped, within: .seconds(6)), "\(outage)")
    // It does not wait for the database for ever.
    #expect(await worker.ended() == 0, "\(outage)")
    end(outage, proxy)
    // As if it had not been tried.
    let next = try stage.worker()
    #expect(
      try await stage.ledger.eventually("SELECT count(*) = 2 FROM effect WHERE event = 'started'"),
      "\(outage)")
    #expect(try await state(of: run, in: stage) == "live", "\(outage)")
    #expect(
      try await stage.database.scalar("SELECT count(*) FROM swell.attempt") == "0", "\(outage)")
    #expect(try await stage.end([next]).isEmpty)
  }

  @Test(.enabled(if: PooledSuite.isOff, "the proxy stands before the server"))
  func `an idle worker stops soon while the database is away`() async throws {
    let stage = try await Stage()
    let proxy = try FaultProxy(to: stage.database.url)
    let worker = try stage.worker(["DATABASE_URL": proxy.url, "SWELL_TEST_GRACE_MS": "60000"])
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    try await stage.enqueue("w")
    #expect(try await stage.allEnded())
    // Nobody knows what the last claim has brought.
    proxy.onCall { call in
      guard call.functions.contains("claim_v1") else { return nil }
      proxy.change { $0.refuses = true }
      return .cutAfter
    }
    #expect(await worker.says("has no database", within: .seconds(10)))
    let start = ContinuousClock.now
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    // And not the grace time.
    #expect(ContinuousClock.now - start < .seconds(30))
    proxy.stop()
    #expect(try await stage.end([]).isEmpty)
  }

  /// Only the first recorder hears of what is due while all are idle.
  @Test(.enabled(if: PooledSuite.isOff, "the proxy stands before the server"))
  func `what comes while the first recorder is away is taken by another one`() async throws {
    let stage = try await Stage()
    let proxy = try FaultProxy(to: stage.database.url)
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: noop}}")
    let worker = try stage.worker(["DATABASE_URL": proxy.url, "SWELL_TEST_RECORDERS": "2"])
    #expect(try await stage.workersRunning(1))
    try await stage.enqueue("w", 10)
    #expect(try await stage.allEnded())
    // It is the one that looks once in a while.
    let looks =
      "datname = current_database() AND query LIKE '%claim_v1%' AND pid <> pg_backend_pid()"
    #expect(
      try await stage.database.eventually(
        "SELECT clock_timestamp() - max(query_start) < interval '100 ms' FROM pg_stat_activity WHERE \(looks)"
      ))
    proxy.change { $0.refuses = true }
    try await stage.database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE \(looks) ORDER BY query_start DESC LIMIT 1"
    )
    #expect(await worker.says("has no database", within: .seconds(10)))
    #expect(worker.log.contains("recorder=0"))
    try await stage.enqueue("w", 10)
    #expect(try await stage.allEnded(within: .seconds(8)), "\(worker.log)")
    proxy.change { $0.refuses = false }
    #expect(try await stage.end([worker]).isEmpty)
    proxy.stop()
  }
}
