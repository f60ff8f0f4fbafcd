import SwellLocal
import Synchronization

/// One private PostgreSQL for the whole test process, fsync off, with a migrated template that
/// every test's database is a copy of.
public actor TestServer {
  public static let shared = TestServer()

  private var starting: Task<Ready, any Error>?
  private var last = 0

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

  func nextName() -> String {
    last += 1
    return "swell_test_\(last)"
  }
}
