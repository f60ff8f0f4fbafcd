import SwellLocal

/// What the handlers really did, in a server of its own that no case touches.
///
/// One server for the process, one database for each case.
actor EffectLedger {
  static let shared = EffectLedger()

  private var starting: Task<PrivateServer, any Error>?
  private var last = 0

  static let tables = """
    CREATE TABLE effect (run_id uuid, node_id text, attempt int, worker uuid, event text,
      at timestamptz DEFAULT clock_timestamp());
    """

  /// A fresh ledger; returns how to reach it.
  func open() async throws -> PatientConnection {
    let server = try await server()
    last += 1
    let name = "ledger_\(last)"
    let admin = PatientConnection(server.url(database: "postgres"))
    try await admin.query("CREATE DATABASE \(name)")
    await admin.close()
    let ledger = PatientConnection(server.url(database: name))
    try await ledger.query(Self.tables)
    return ledger
  }

  /// Ends the server; the next `open` starts another one.
  func stop() async {
    guard let starting else { return }
    self.starting = nil
    if let server = try? await starting.value { await server.stop(mode: .immediate) }
  }

  private func server() async throws -> PrivateServer {
    if let starting { return try await starting.value }
    let task = Task {
      try await PrivateServer.temporary(settings: ["max_connections": "300"])
    }
    starting = task
    return try await task.value
  }
}
