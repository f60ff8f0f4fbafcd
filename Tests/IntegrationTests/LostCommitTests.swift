import Foundation
import Swell
import SwellTesting
import Testing

/// Transactions with an effect whose replies are lost: the database says what became of them.
@Suite(.serialized) struct LostCommitTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var call: String
    var fault: CallFault
    /// Attempts that the node takes: a commit that took place is not tried again.
    var attempts: String
    var testDescription: String { "\(call) \(fault)" }
  }

  @Test(
    .enabled(if: PooledSuite.isOff, "the proxy stands before the server"),
    arguments: [
      Case(call: "commit", fault: .cutAfter, attempts: "1"),
      Case(call: "commit", fault: .cutReply(bytes: 5), attempts: "1"),
      Case(call: "commit", fault: .lateReply(.seconds(3)), attempts: "1"),
      Case(call: "commit", fault: .panicAfter("58030"), attempts: "1"),
      Case(call: "commit", fault: .cutBefore, attempts: "2"),
      Case(call: "commit", fault: .cutInside(share: 0.5), attempts: "2"),
      Case(call: "commit", fault: .timeout, attempts: "2"),
      Case(call: "commit", fault: .error("57P01"), attempts: "2"),
      Case(call: "commit", fault: .error("40001"), attempts: "2"),
      Case(call: "record_v1", fault: .cutAfter, attempts: "2"),
      Case(call: "record_v1", fault: .error("40P01"), attempts: "2"),
      Case(call: "insert", fault: .cutAfter, attempts: "2"),
    ])
  func `a lost reply neither loses nor doubles the effect`(_ case: Case) async throws {
    let booking = try await BookingStage(
      #"""
      workflow: w
      defaults: {retry: {strategy: fixed, delay: 20ms, maxRetries: 3}}
      nodes:
        pay: {handler: book}
        next: {needs: pay, handler: effect}
      """#)
    let stage = booking.stage
    let proxy = try FaultProxy(to: stage.database.url)
    // A record alone is that of a transaction: the others travel with a claim, or end the run.
    let isBroken = Flag()
    proxy.onCall { call in
      let name = call.functions.last ?? ""
      guard name == `case`.call, call.functions.count <= 2, !call.functions.contains("claim_v1"),
        isBroken.raise(if: name != "record_v1" || call.functions.count == 2)
      else { return nil }
      return `case`.fault
    }
    let run = try await stage.enqueue("w")[0]
    let worker = try stage.worker([
      "DATABASE_URL": proxy.url, "SWELL_TEST_CALL_TIMEOUT_MS": "1500",
    ])
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(isBroken.isRaised)
    #expect(try await stage.run(run, "state") == "succeeded", "\(worker.log)")
    #expect(try await stage.node(run, "pay", "attempt") == `case`.attempts, "\(worker.log)")
    #expect(try await booking.bookings() == 1)
    #expect(
      try await stage.database.scalar("SELECT attempt FROM booking") == `case`.attempts)
    #expect(
      try await stage.ledger.scalar("SELECT count(*) FROM effect WHERE node_id = 'next'") == "1")
    #expect(try await stage.end([worker]).isEmpty)
    proxy.stop()
  }

  @Test func `replies to commits are lost again and again`() async throws {
    let booking = try await BookingStage()
    let stage = booking.stage
    try await stage.enqueue("w", 20)
    let worker = try stage.worker(["SWELL_TEST_FAULT": "after_transaction_commit:3:lose_each"])
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.states() == ["succeeded": 20])
    #expect(worker.log.contains("the reply to a commit was lost"))
    #expect(try await booking.unequal() == [])
    #expect(try await stage.database.scalar("SELECT max(attempt) FROM swell.node") == "1")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `the recorder loses its own replies beside open transactions`() async throws {
    let booking = try await BookingStage()
    let stage = booking.stage
    try await stage.enqueue("w", 60)
    let worker = try stage.worker(["SWELL_TEST_FAULT": "record_reply:4:lose_each"])
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.states() == ["succeeded": 60])
    #expect(worker.log.contains("reconciled"))
    #expect(try await booking.unequal() == [])
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `every session is ended again and again, and each effect is there once`()
    async throws
  {
    let booking = try await BookingStage()
    let stage = booking.stage
    let worker = try stage.worker()
    #expect(try await stage.workersRunning(1))
    try await stage.enqueue("w", 100)
    for _ in 0..<15 {
      try await stage.database.query(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)
      // sleeps: between two faults there is time for some work
      try await Task.sleep(for: .milliseconds(150))
    }
    #expect(try await stage.allEnded(within: .seconds(90)), "\(worker.log)")
    #expect(try await booking.unequal() == [])
    #expect(try await stage.end([worker]).isEmpty)
  }
}
