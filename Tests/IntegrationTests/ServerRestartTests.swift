import Foundation
import Swell
import SwellLocal
import SwellTesting
import Testing

/// The database goes away; the workers do not.
@Suite(.serialized) struct ServerRestartTests {
  @Test func `a crash of PostgreSQL frees no claim of the living`() async throws {
    let server = try await PrivateServer.temporary()
    var database = try await TestDatabase.make(on: server)
    try await database.apply(CrashRecoveryTests.workflow)
    let stage = try await Stage(on: database)
    let workers = try [stage.worker(), stage.worker()]
    #expect(try await stage.workersRunning(2))
    try await stage.enqueue("w", 2000)
    #expect(
      try await database.eventually("SELECT count(*) > 200 FROM swell.node"))
    try await server.halt(mode: .immediate)
    try await server.startAgain()
    database = try await TestDatabase.open(server.url)
    #expect(
      try await database.eventually(
        "SELECT NOT EXISTS (SELECT FROM swell.ready)", within: .seconds(60)))
    #expect(
      try await database.scalar("SELECT count(*) FROM swell.runs WHERE state = 'succeeded'")
        == "2000")
    #expect(
      try await database.scalar("SELECT count(*) FROM swell.signal WHERE kind = 'worker_lost'")
        == "0")
    #expect(
      try await database.scalar("SELECT count(*) FROM swell.workers WHERE state = 'dead'") == "0")
    #expect(try await database.violations().isEmpty)
    for worker in workers { await worker.destroy() }
    await database.connection.close()
    await server.stop()
  }

  @Test func `backends that are terminated cost nothing but a reconnect`() async throws {
    let stage = try await Stage()
    try await stage.database.apply(CrashRecoveryTests.workflow)
    let worker = try stage.worker()
    #expect(try await stage.workersRunning(1))
    try await stage.enqueue("w", 500)
    for count in [20, 200, 600] {
      _ = try await stage.database.eventually(
        "SELECT count(*) >= \(count) OR NOT EXISTS (SELECT FROM swell.ready) FROM swell.node")
      try await stage.database.query(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)
    }
    #expect(try await stage.allEnded())
    #expect(try await stage.states() == ["succeeded": 500])
    #expect(try await stage.end([worker]).isEmpty)
  }
}
