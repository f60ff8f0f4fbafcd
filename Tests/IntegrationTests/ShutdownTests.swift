import Foundation
import Logging
import Swell
import SwellTesting
import Synchronization
import Testing

/// SIGTERM under load.
@Suite(.serialized) struct ShutdownTests {
  @Test func `a stopped worker finishes what runs, hands back the rest, and ends with 0`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        a: {handler: slow_effect}
        b: {handler: slow_effect, needs: a}
      """)
    let first = try stage.worker()
    #expect(try await stage.workersRunning(1))
    try await stage.enqueue("w", 100, input: #"{"ms": 200}"#)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) > 10 FROM swell.ready WHERE claimed_by IS NOT NULL"))
    first.signal(SIGTERM)
    #expect(await first.ended() == 0)
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.ready WHERE claimed_by IS NOT NULL") == "0")
    #expect(try await stage.database.scalar("SELECT max(crashes) FROM swell.ready") == "0")
    let second = try stage.worker()
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 100])
    #expect(
      try await stage.ledger.scalar(
        "SELECT count(*) FROM (SELECT FROM effect WHERE event = 'effect' GROUP BY run_id, node_id HAVING count(*) > 1) AS x"
      ) == "0")
    #expect(try await stage.end([first, second]).isEmpty)
  }

  @Test func `a claim whose reply is lost while a worker stops is no crash`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: effect}}")
    try await stage.enqueue("w", 20)
    // The first claim learns the lanes, the second one brings the runs.
    let first = try stage.worker([
      "SWELL_TEST_FAULT": "claim_reply:2:stop", "SWELL_TEST_RECORDERS": "1",
    ])
    #expect(await first.ended() == 0)
    #expect(first.log.contains("freed=20"), "\(first.log)")
    #expect(
      try await stage.database.query(
        "SELECT count(*), max(crashes), count(claimed_by) FROM swell.ready") == [["20", "0", "0"]])
    let second = try stage.worker()
    #expect(try await stage.allEnded(), "\(second.log)")
    #expect(try await stage.end([first, second]) == [])
  }

  @Test func `a worker beats until its last node has ended, also when a recorder has nothing left`()
    async throws
  {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let worker = try stage.worker(["SWELL_TEST_RECORDERS": "2", "SWELL_TEST_GRACE_MS": "30000"])
    try await stage.enqueue("w", input: #"{"ms": 8000}"#)
    #expect(try await stage.ledger.eventually("SELECT count(*) = 1 FROM effect"))
    worker.signal(SIGTERM)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 1 FROM swell.worker WHERE state = 'draining'"))
    // After five seconds a loop that does not turn counts as one that hangs.
    #expect(
      try await stage.database.eventually(
        """
        SELECT count(*) = 1 FROM swell.worker AS w, swell.ready AS r
        WHERE w.state = 'draining' AND w.heartbeat_at > r.claimed_at + interval '6 seconds'
        """), "\(worker.log)")
    #expect(await worker.ended() == 0)
    #expect(try await stage.states() == ["succeeded": 1])
    #expect(!worker.log.contains("hangs"), "\(worker.log)")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `what outlasts the grace time is cancelled first and handed back last`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let first = try stage.worker(["SWELL_TEST_GRACE_MS": "200"])
    #expect(try await stage.workersRunning(1))
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 5000}"#)[0]
    #expect(try await stage.ledger.eventually("SELECT count(*) = 1 FROM effect"))
    first.signal(SIGTERM)
    #expect(await first.ended() == 0)
    #expect(try await stage.run(run, "state") == "queued")
    #expect(try await stage.run(run, "crashes") == "0")
    #expect(
      try await stage.ledger.scalar("SELECT count(*) FROM effect WHERE event = 'effect'") == "0")
    #expect(try await stage.end([first]).isEmpty)
  }

  @Test func `what ends after its cancel is stored, however much that is`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: deaf}}")
    let worker = try stage.worker([
      "SWELL_TEST_GRACE_MS": "0", "SWELL_TEST_CANCEL_GRACE_MS": "20000",
      "SWELL_TEST_RECORDERS": "1", "SWELL_TEST_CONCURRENCY": "100",
    ])
    #expect(try await stage.workersRunning(1))
    // More than one record takes: that is half of what is held, and 64 at least.
    try await stage.enqueue("w", 100, input: #"{"ms": 3000}"#)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 100 FROM swell.ready WHERE claimed_by IS NOT NULL"))
    // sleeps: all are to have begun, and to end while they are waited for
    try await Task.sleep(for: .milliseconds(1000))
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    #expect(try await stage.states() == ["succeeded": 100], "\(worker.log)")
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a second signal hands back at once, and ends the programs`() async throws {
    let stage = try await Stage()
    let file = FileManager.default.temporaryDirectory.path + "/swell-pid-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try await stage.database.apply(
      """
      workflow: w
      nodes: {a: {source: exec, timeout: 1m, with: {command: [sh, -c, 'echo $$ > \(file); exec sleep 45']}}}
      """)
    let worker = try WorkerProcess(
      "swell", arguments: ["worker", "--allow-exec", "sh", "--grace", "40s"],
      environment: ["DATABASE_URL": stage.database.url])
    let run = try await stage.enqueue("w")[0]
    // What is claimed and has not begun is handed back at once.
    func begun() -> Int32? {
      guard let text = try? String(contentsOfFile: file, encoding: .utf8), text.hasSuffix("\n")
      else { return nil }
      return Int32(text.dropLast())
    }
    let limit = ContinuousClock.now + .seconds(30)
    while begun() == nil, ContinuousClock.now < limit {
      try await Task.sleep(for: .milliseconds(5))
    }
    let program = try #require(begun())
    #expect(ProcessTable.isRunning(program))
    worker.signal(SIGTERM)
    #expect(
      try await stage.database.eventually("SELECT state = 'draining' FROM swell.workers"))
    // Within its grace it goes on.
    #expect(try await stage.run(run, "state") == "running")
    let clock = ContinuousClock()
    let second = clock.now
    worker.signal(SIGTERM)
    #expect(await worker.ended() == 0)
    #expect(clock.now - second < .seconds(15))
    #expect(await ProcessTable.haveEnded([program]))
    #expect(try await stage.run(run, "state") == "queued")
    #expect(try await stage.run(run, "crashes") == "0")
    #expect(worker.log.contains("second signal"))
    #expect(try await stage.end([worker]).isEmpty)
  }

  @Test func `a worker whose task is cancelled hands back what it holds`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: nap}}")
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let worker = Worker(
      WorkerConfiguration(database: PostgresConfiguration(stage.database.url)),
      kinds: [
        RawHandlerNode("nap") { input, _ in
          // sleeps: the handler is to be cancelled
          try await Task.sleep(for: .seconds(60))
          return input
        }
      ], logger: logger)
    let work = Task { try await worker.run() }
    let run = try await stage.enqueue("w")[0]
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'running' FROM swell.runs WHERE run_id = '\(run)'"))
    work.cancel()
    _ = await work.result
    #expect(try await stage.run(run, "state") == "queued")
    #expect(try await stage.run(run, "crashes") == "0")
    #expect(try await stage.database.scalar("SELECT state FROM swell.workers") == "stopped")
    #expect(try await stage.end([]).isEmpty)
  }

  @Test func `a worker that has stopped lets go of what its kinds keep`() async throws {
    let stage = try await Stage()
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let kind = KeepingKind()
    let worker = Worker(
      WorkerConfiguration(database: PostgresConfiguration(stage.database.url)), kinds: [kind],
      logger: logger)
    let work = Task { try await worker.run() }
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: keeping}}")
    try await stage.enqueue("w")
    #expect(try await stage.allEnded())
    #expect(kind.events.withLock { $0 } == ["executed"])
    worker.stopNow()
    try await work.value
    #expect(kind.events.withLock { $0 } == ["executed", "shut down"])
    #expect(try await stage.end([]).isEmpty)
  }

  private final class KeepingKind: NodeKind {
    let kind = "handler:keeping"
    let events = Mutex<[String]>([])

    func execute(_ request: NodeRequest) async throws -> Payload {
      events.withLock { $0.append("executed") }
      return .null
    }

    func shutDown() async {
      events.withLock { $0.append("shut down") }
    }
  }
}
