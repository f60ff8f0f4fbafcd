import SwellLocal
import Synchronization

/// One private PostgreSQL for the whole test process, fsync off, with a migrated template that
/// every test's database is a copy of.
public actor TestServer {
  public static let shared = TestServer()

  private var starting: Task<Ready, any Error>?
  private var last = 0
  /// One of each sort that is being made, or is there: empty ones, and migrated ones.
  private var stock: [Bool: Task<String, any Error>] = [:]

  struct Ready: Sendable {
    var server: PrivateServer
    var template: String
  }

  /// The server, started on first use.
  func ready() async throws -> Ready {
    if let starting { return try await starting.value }
    let task = Task {
      let server = try await PrivateServer.temporary(settings: [
        "max_connections": "300", "shared_buffers": "256MB",
      ])
      ServerAtExit.stop(server)
      try await TestDatabase.makeTemplate(on: server)
      return Ready(server: server, template: TestDatabase.template)
    }
    starting = task
    return try await task.value
  }

  /// A database that nobody else has. The next one is made while this one is used: it takes longer than many a test.
  func database(migrated: Bool) async throws -> String {
    let ready = try await ready()
    let made = stock[migrated] ?? make(migrated, on: ready)
    stock[migrated] = make(migrated, on: ready)
    do {
      return try await made.value
    } catch {
      // Some tests end every session of the server.
      return try await make(migrated, on: ready).value
    }
  }

  private func make(_ migrated: Bool, on ready: Ready) -> Task<String, any Error> {
    last += 1
    let name = "swell_test_\(last)"
    return Task {
      let template = migrated ? ready.template : "template0"
      try await TestDatabase.admin(ready.server, "CREATE DATABASE \(name) TEMPLATE \(template)")
      return ready.server.url(database: name)
    }
  }
}
