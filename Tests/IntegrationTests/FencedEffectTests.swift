import Foundation
import Swell
import SwellTesting
import Testing

/// Whoever has lost a run, or is told to stop, has no effect in it; and what others see of a run that is
/// fenced.
@Suite(.serialized) struct FencedEffectTests {
  private static func workflow(_ handler: String, timeout: String = "60s") -> String {
    "workflow: w\ndefaults: {retry: none}\nnodes: {a: {handler: \(handler), timeout: \(timeout)}}"
  }

  @Test func `a worker that was given up before its transaction writes neither effect nor result`()
    async throws
  {
    let booking = try await BookingStage(Self.workflow("late_book"))
    let stage = booking.stage
    let sleeper = try stage.worker()
    #expect(try await stage.workersRunning(1))
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 4000}"#)[0]
    // It executes: a worker that stops before it reads the reply to its claim never learns that it held the run.
    #expect(await sleeper.says("begins, and books later"))
    let late = try await stage.run(run, "worker")
    sleeper.signal(SIGSTOP)
    let heir = try stage.worker()
    #expect(
      try await stage.database.eventually(
        "SELECT crashes = 1 AND worker IS NOT NULL FROM swell.runs WHERE run_id = '\(run)'",
        within: .seconds(60)))
    // Its own pause is over long since: it goes straight into its transaction.
    sleeper.signal(SIGCONT)
    #expect(try await stage.allEnded(within: .seconds(60)))
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.node(run, "a", "worker") != late)
    #expect(try await booking.unequal() == [])
    // Its transaction tells it, or the reconcile after a call whose time ran out meanwhile.
    #expect(await sleeper.says("the claim is gone", "gone=1"), "\(sleeper.log)")
    #expect(try await stage.end([sleeper, heir]).isEmpty)
  }

  @Test func `a worker that stands still in its transaction keeps the run for its time, no longer`()
    async throws
  {
    let booking = try await BookingStage(Self.workflow("slow_book", timeout: "8s"))
    let stage = booking.stage
    let sleeper = try stage.worker()
    #expect(try await stage.workersRunning(1))
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 3000}"#)[0]
    #expect(try await booking.openTransactions(1))
    let late = try await stage.run(run, "worker")
    sleeper.signal(SIGSTOP)
    let heir = try stage.worker()
    // It counts as dead after ten seconds, and its run is locked until the server ends its session.
    #expect(
      try await stage.database.eventually(
        "SELECT crashes = 1 AND worker IS NOT NULL FROM swell.runs WHERE run_id = '\(run)'",
        within: .seconds(60)))
    #expect(try await booking.bookings() == 0)
    sleeper.signal(SIGCONT)
    #expect(try await stage.allEnded(within: .seconds(60)))
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.node(run, "a", "worker") != late)
    #expect(try await booking.unequal() == [])
    #expect(try await stage.end([sleeper, heir]).isEmpty)
  }

  @Test func `a timeout and a cancel undo the effect`() async throws {
    let booking = try await BookingStage(Self.workflow("slow_book", timeout: "500ms"))
    let stage = booking.stage
    try await stage.database.apply(
      "workflow: long\nnodes: {a: {handler: slow_book, timeout: 60s}}")
    try await stage.database.apply(
      #"""
      workflow: sleeps
      defaults: {retry: none}
      nodes:
        a:
          sink: sql
          timeout: 400ms
          with: {exactlyOnce: true, query: "INSERT INTO booking (key) SELECT 'x' FROM pg_sleep(20)"}
      """#)
    let worker = try stage.worker()
    let timed = try await stage.enqueue("w", 1, input: #"{"ms": 30000}"#)[0]
    let asleep = try await stage.enqueue("sleeps")[0]
    let cancelled = try await stage.enqueue("long", 1, input: #"{"ms": 30000}"#)[0]
    #expect(try await booking.openTransactions(1))
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'running' FROM swell.runs WHERE run_id = '\(cancelled)'"))
    try await stage.database.query("SELECT swell.cancel('\(cancelled)')")
    #expect(try await stage.allEnded(within: .seconds(15)), "\(worker.log)")
    #expect(try await stage.run(timed, "error ->> 'kind'") == "timeout")
    #expect(try await stage.run(asleep, "error ->> 'kind'") == "timeout")
    #expect(try await stage.run(cancelled, "state") == "cancelled")
    #expect(try await booking.bookings() == 0)
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a handler that ignores its timeout loses its transaction all the same`() async throws
  {
    let booking = try await BookingStage(Self.workflow("deaf_book", timeout: "300ms"))
    let stage = booking.stage
    let worker = try stage.worker()
    #expect(try await stage.workersRunning(1))
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 4000}"#)[0]
    // Before the handler's own end: its session was closed, and the run is free.
    #expect(try await stage.allEnded(within: .seconds(3)), "\(worker.log)")
    #expect(try await stage.run(run, "error ->> 'code'") == "attempt_timeout")
    // Its closure comes to its end only now, with nothing to commit.
    // sleeps: nothing is to happen
    try await Task.sleep(for: .seconds(4))
    #expect(try await booking.bookings() == 0)
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a stopping worker commits within its grace, and undoes what lasts longer`()
    async throws
  {
    for (grace, isDone) in [("10000", true), ("200", false)] {
      let booking = try await BookingStage(Self.workflow("slow_book"))
      let stage = booking.stage
      let worker = try stage.worker(["SWELL_TEST_GRACE_MS": grace])
      #expect(try await stage.workersRunning(1))
      let run = try await stage.enqueue("w", 1, input: #"{"ms": \#(isDone ? 1500 : 4000)}"#)[0]
      #expect(try await booking.openTransactions(1))
      worker.signal(SIGTERM)
      #expect(await worker.ended() == 0)
      #expect(try await stage.run(run, "state") == (isDone ? "succeeded" : "queued"))
      #expect(try await stage.run(run, "COALESCE(crashes, 0)") == "0")
      #expect(try await booking.bookings() == (isDone ? 1 : 0))
      let heir = try stage.worker()
      #expect(try await stage.allEnded())
      #expect(try await booking.unequal() == [])
      #expect(try await stage.end([worker, heir]).isEmpty)
    }
  }

  @Test func `a row that somebody has locked is waited for, and others go on`() async throws {
    let booking = try await BookingStage()
    let stage = booking.stage
    let runs = try await stage.enqueue("w", 30)
    let locker = try await TestDatabase.open(stage.database.url)
    try await locker.query(
      "BEGIN; SELECT FROM swell.ready WHERE run_id = '\(runs[0])' FOR UPDATE")
    let worker = try stage.worker()
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 29 FROM swell.runs WHERE state = 'succeeded'"))
    try await locker.query("COMMIT")
    await locker.connection.close()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 30])
    #expect(try await booking.unequal() == [])
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `the worker needs no more rights than its effects do`() async throws {
    let booking = try await BookingStage()
    let stage = booking.stage
    let name = "teller_\(UInt32.random(in: 0..<1_000_000))"
    try await stage.database.query(
      """
      CREATE ROLE \(name) LOGIN IN ROLE swell_worker;
      GRANT INSERT, SELECT ON booking TO \(name);
      """)
    try await stage.database.apply(
      """
      workflow: rogue
      defaults: {retry: none}
      nodes:
        a: {sink: sql, with: {query: DELETE FROM swell.ready}}
      """)
    var parts = try #require(URLComponents(string: stage.database.url))
    parts.queryItems = (parts.queryItems ?? []).filter { $0.name != "user" }
    parts.queryItems?.append(URLQueryItem(name: "user", value: name))
    parts.user = nil
    let run = try await stage.enqueue("w")[0]
    let rogue = try await stage.enqueue("rogue")[0]
    let worker = try stage.worker(["DATABASE_URL": parts.string ?? "", "SWELL_TEST_POOLED": "0"])
    #expect(try await stage.allEnded(), "\(worker.log)")
    #expect(try await stage.run(run, "state") == "succeeded", "\(worker.log)")
    #expect(try await stage.run(rogue, "error ->> 'code'") == "sqlstate_42501")
    #expect(try await booking.unequal() == [])
    #expect(try await stage.end([worker]).isEmpty)
  }
}
