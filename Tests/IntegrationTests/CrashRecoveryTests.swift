import Foundation
import Swell
import SwellTesting
import Testing

/// Workers that die, at named points and at random ones.
@Suite(.serialized) struct CrashRecoveryTests {
  static let workflow = """
    workflow: w
    nodes:
      a: {handler: effect}
      b: {handler: effect, needs: a}
      c: {handler: effect, needs: a}
      d: {handler: effect, needs: [b, c]}
    """

  @Test func `after kill -9 another worker goes on from what is stored`() async {
    let points = [
      "after_claim:1", "after_effect:1", "after_effect:30", "before_commit:1", "before_commit:3",
      "after_commit:1", "after_commit:2",
    ]
    await atTheSameTime(points) { try await Self.goesOn(after: $0) }
  }

  private static func goesOn(after point: String) async throws {
    let stage = try await Stage()
    try await stage.database.apply(workflow)
    try await stage.enqueue("w", 40)
    let victim = try stage.worker([
      "SWELL_TEST_FAULT": "\(point):kill", "SWELL_TEST_CONCURRENCY": "40",
    ])
    #expect(await victim.ended() == 128 + SIGKILL, "\(point)")
    let heir = try stage.worker()
    #expect(try await stage.allEnded(), "\(point): \(heir.log)")
    #expect(try await stage.states() == ["succeeded": 40], "\(point)")
    #expect(try await stage.repeated() == [], "\(point)")
    #expect(try await stage.end([victim, heir]).isEmpty, "\(point)")
  }

  @Test func `killed in the middle of a wave, only what had not ended runs again`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(
      """
      workflow: w
      nodes:
        quick: {handler: effect}
        slow: {handler: slow_effect}
        last: {handler: effect, needs: [quick, slow]}
      """)
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 1000}"#)[0]
    let victim = try stage.worker(["SWELL_TEST_FAULT": "mid_wave:1:kill"])
    #expect(await victim.ended() == 128 + SIGKILL)
    #expect(try await stage.node(run, "quick", "state") == "succeeded")
    #expect(try await stage.node(run, "slow", "state") == nil)
    let heir = try stage.worker()
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(
      try await stage.ledger.scalar("SELECT count(*) FROM effect WHERE node_id = 'quick'") == "1")
    #expect(try await stage.end([victim, heir]).isEmpty)
  }

  @Test(.enabled(if: PooledSuite.isOff, "a pooled worker has no session lock to lose"))
  func `work goes on elsewhere within a second of kill -9`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: slow_effect}}")
    let victim = try stage.worker()
    #expect(try await stage.workersRunning(1))
    let run = try await stage.enqueue("w", 1, input: #"{"ms": 5000}"#)[0]
    #expect(
      try await stage.database.eventually(
        "SELECT state = 'running' FROM swell.runs WHERE run_id = '\(run)'"))
    let heir = try stage.worker()
    #expect(try await stage.workersRunning(2))
    // A rescuer trusts only two seconds of its own watching; then it is quick.
    #expect(
      try await stage.database.eventually(
        "SELECT bool_and(heartbeat_at > started_at + interval '2 seconds') FROM swell.workers"))
    victim.signal(SIGKILL)
    #expect(
      try await stage.database.eventually(
        "SELECT crashes = 1 FROM swell.runs WHERE run_id = '\(run)'", within: .seconds(10)))
    #expect(try await stage.allEnded())
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(try await stage.end([victim, heir]).isEmpty)
  }

  @Test func `killed at random moments under load, nothing is lost or repeated`() async throws {
    let seed = UInt64.random(in: 0..<UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let stage = try await Stage()
    try await stage.database.apply(Self.workflow)
    var workers = [try stage.worker(["SWELL_TEST_CONCURRENCY": "60"])]
    let heir = try stage.worker(["SWELL_TEST_CONCURRENCY": "60"])
    #expect(try await stage.workersRunning(2))
    try await stage.enqueue("w", 400)
    for _ in 0..<4 {
      let nodes = Int.random(in: 1..<250, using: &generator)
      _ = try await stage.database.eventually(
        "SELECT count(*) >= \(nodes) OR NOT EXISTS (SELECT FROM swell.ready) FROM swell.node")
      workers[workers.count - 1].signal(SIGKILL)
      workers.append(try stage.worker(["SWELL_TEST_CONCURRENCY": "60"]))
    }
    #expect(try await stage.allEnded(within: .seconds(90)), "seed \(seed)")
    #expect(try await stage.states() == ["succeeded": 400], "seed \(seed)")
    #expect(try await stage.repeated() == [], "seed \(seed)")
    #expect(try await stage.end(workers + [heir]) == [], "seed \(seed)")
  }

  @Test func `a run that kills its worker is quarantined alone`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: poison}}")
    try await stage.enqueue("w", 30)
    let poison = try await stage.enqueue("w", 1, input: #"{"poison": 1}"#)[0]
    var workers: [WorkerProcess] = []
    for _ in 0..<6 {
      let worker = try stage.worker()
      workers.append(worker)
      let gone = try await stage.database.eventually(
        "SELECT NOT EXISTS (SELECT FROM swell.ready) OR NOT EXISTS (SELECT FROM swell.workers WHERE pid = \(worker.pid) AND state = 'running') AND EXISTS (SELECT FROM swell.workers WHERE pid = \(worker.pid))"
      )
      #expect(gone)
      if try await stage.database.scalar("SELECT NOT EXISTS (SELECT FROM swell.ready)") == "t" {
        break
      }
    }
    #expect(try await stage.states() == ["failed": 1, "succeeded": 30])
    #expect(try await stage.run(poison, "error->>'kind'") == "workerLost")
    #expect(try await stage.run(poison, "error->>'message'")?.contains("wave 0") == true)
    #expect(try await stage.end(workers).isEmpty)
  }
}
