import Foundation
import Swell
import SwellTesting
import Synchronization
import Testing

/// Records that transactions get while their recorder waits for something else.
@Suite(.serialized, .enabled(if: PooledSuite.isOff, "the proxy stands before the server"))
struct TransactionRecordTests {
  /// Before a transaction has locked its run, the record of another one tells that run of a signal; the transaction ends
  /// before this is known.
  @Test(arguments: [false, true])
  func `a signal that is on its way to a run finds it`(isReplyLost: Bool) async throws {
    let booking = try await BookingStage(
      #"""
      workflow: w
      nodes:
        go: {wait: {signal: go}}
        pay: {handler: book}
        last: {needs: [go, pay], handler: effect}
      """#)
    let stage = booking.stage
    try await stage.database.apply(
      """
      workflow: tell
      nodes:
        a: {sink: sql, with: {query: "SELECT swell.signal($1::uuid, 'go')", parameters: ["${{ input.run }}"]}}
      """)
    let proxy = try FaultProxy(to: stage.database.url)
    // Heartbeats would tell of it, too.
    proxy.change { $0.losesNotifications = true }
    let stages = Mutex((hasBegun: false, isArmed: false, isBroken: false))
    proxy.onCall { call in
      if call.functions.contains("fence_v1"), call.count == 1 {
        stages.withLock { $0.hasBegun = true }
        return .lateCall(.seconds(4))
      }
      guard call.functions.first == "record_v1" else { return nil }
      let breaks = stages.withLock { stages in
        defer { stages.isBroken = stages.isBroken || stages.isArmed }
        return stages.isArmed && !stages.isBroken
      }
      guard breaks else { return nil }
      if isReplyLost { proxy.change { $0.refuses = true } }
      return isReplyLost ? .cutAfter : .lateReply(.seconds(6))
    }
    let worker = try stage.worker([
      "DATABASE_URL": proxy.url, "SWELL_TEST_RECORDERS": "1",
    ])
    let run = try await stage.enqueue("w")[0]
    let end = ContinuousClock.now + .seconds(10)
    while !stages.withLock({ $0.hasBegun }), ContinuousClock.now < end {
      // sleeps: between two looks at what the proxy has seen
      try await Task.sleep(for: .milliseconds(10))
    }
    stages.withLock { $0.isArmed = true }
    try await stage.enqueue("tell", input: #"{"run": "\#(run)"}"#)
    #expect(
      try await stage.database.eventually("SELECT count(*) = 1 FROM swell.signal WHERE folded"),
      "\(worker.log)")
    #expect(try await booking.bookings() == 0)
    #expect(
      try await stage.database.eventually("SELECT count(*) = 1 FROM booking"), "\(worker.log)")
    proxy.change { $0.refuses = false }
    #expect(try await stage.allEnded(within: .seconds(30)), "\(worker.log)")
    #expect(stages.withLock { $0.isBroken })
    #expect(try await stage.states() == ["succeeded": 2])
    #expect(try await booking.bookings() == 1)
    #expect(try await stage.end([worker]).isEmpty)
    proxy.stop()
  }

  /// A transaction that begins once the run's record is stored, and ends before the recorder has followed that up.
  @Test func `nothing is planned on a success that is not committed`() async throws {
    let booking = try await BookingStage(
      #"""
      workflow: w
      defaults: {retry: {strategy: fixed, delay: 20ms, maxRetries: 3}}
      nodes:
        a: {handler: noop}
        pay: {handler: late_book, input: {ms: 100}}
        after: {needs: pay, handler: effect}
      """#)
    let stage = booking.stage
    try await stage.database.apply(
      "workflow: elsewhere\nnodes:\n  a: {handler: sleep, input: {ms: 100}}\n  b: {needs: a, handler: echo}\n"
    )
    let proxy = try FaultProxy(to: stage.database.url)
    let isBroken = Flag()
    proxy.onCall { call in
      switch call.functions.first {
      // The first of both runs, while which both go on; and then the lane of the one that cannot go on here.
      case "record_v1" where call.count == 1: return .lateReply(.milliseconds(500))
      case "lanes_v1": return .lateReply(.seconds(1))
      case "commit": return isBroken.raise(if: true) ? .error("40001") : nil
      default: return nil
      }
    }
    try await stage.enqueue("w")
    try await stage.enqueue("elsewhere")
    let worker = try stage.worker([
      "DATABASE_URL": proxy.url, "SWELL_TEST_RECORDERS": "1",
      "SWELL_TEST_HANDLERS": "noop,late_book,effect,sleep", "SWELL_TEST_LOG": "debug",
    ])
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.run WHERE state = 'succeeded'"), "\(worker.log)")
    #expect(isBroken.isRaised)
    #expect(try await booking.bookings() == 1)
    #expect(
      try await stage.ledger.scalar("SELECT count(*) FROM effect WHERE node_id = 'after'") == "1",
      "\(worker.log)")
    #expect(try await stage.end([worker]).isEmpty)
    proxy.stop()
  }

  /// What a record decides beside its success is decided once that is stored: a commit that fails has stopped nobody.
  @Test func `a commit that fails leaves the run's own error`() async throws {
    let booking = try await BookingStage(
      #"""
      workflow: w
      defaults: {retry: {strategy: fixed, delay: 20ms, maxRetries: 3}}
      nodes:
        ask: {approval: {title: "really?"}}
        first: {handler: noop}
        # Once the question is stored.
        pay: {needs: first, handler: slow_book, input: {ms: 2000}}
        long: {handler: sleep, input: {ms: 20000}}
      """#)
    let stage = booking.stage
    let proxy = try FaultProxy(to: stage.database.url)
    let isBroken = Flag()
    proxy.onCall { call in
      isBroken.raise(if: call.functions.first == "commit") ? .error("40001") : nil
    }
    let run = try await stage.enqueue("w")[0]
    let worker = try stage.worker(["DATABASE_URL": proxy.url, "SWELL_TEST_RECORDERS": "1"])
    #expect(
      try await stage.database.eventually(
        """
        SELECT count(*) = 1 AND (SELECT count(*) = 1 FROM swell.node WHERE node_id = 'ask' AND state = 'waiting')
        FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'idle in transaction'
        """), "\(worker.log)")
    try await stage.database.query("SELECT swell.reject('\(run)', 'ask', 'no')")
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(isBroken.isRaised)
    #expect(try await stage.run(run, "state") == "failed")
    #expect(try await stage.run(run, "error ->> 'code'") == "rejected", "\(worker.log)")
    #expect(try await booking.unequal().filter { $0.contains("pay") } == [])
    #expect(try await stage.end([worker]).isEmpty)
    proxy.stop()
  }
}
