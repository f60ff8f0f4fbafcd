import Foundation
import Swell
import SwellTesting
import Testing

/// The proxy breaks exactly what it is told to, and what the server did is known.
@Suite(.serialized) struct FaultProxyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var fault: CallFault
    var code: PostgresError.Code
    var isUnknown: Bool
    var isExecuted: Bool
    var testDescription: String { "\(fault)" }
  }

  static let insert = Statement("insert", "INSERT INTO effect (n) VALUES (1)")

  static func connected(
    _ database: TestDatabase
  ) async throws -> (FaultProxy, PostgresConnection) {
    try await database.query("CREATE TABLE effect (n int)")
    let proxy = try FaultProxy(to: database.url)
    return (proxy, try await connect(proxy))
  }

  static func connect(_ proxy: FaultProxy) async throws -> PostgresConnection {
    try await PostgresConnection.connect(
      PostgresConfiguration(proxy.url), on: try Reactor.shared(), within: .seconds(10))
  }

  @Test(arguments: [
    Case(fault: .error("40001"), code: .server, isUnknown: false, isExecuted: false),
    Case(fault: .error("57P01"), code: .server, isUnknown: false, isExecuted: false),
    Case(fault: .timeout, code: .deadline, isUnknown: true, isExecuted: false),
    Case(fault: .lateReply(.seconds(1)), code: .deadline, isUnknown: true, isExecuted: true),
    Case(fault: .lateCall(.seconds(1)), code: .deadline, isUnknown: true, isExecuted: true),
    Case(fault: .cutBefore, code: .lost, isUnknown: true, isExecuted: false),
    Case(fault: .cutAfter, code: .lost, isUnknown: true, isExecuted: true),
    Case(fault: .cutInside(share: 0.5), code: .lost, isUnknown: true, isExecuted: false),
    Case(fault: .cutBeforeSync, code: .lost, isUnknown: true, isExecuted: false),
    Case(fault: .cutReply(bytes: 7), code: .lost, isUnknown: true, isExecuted: true),
  ])
  func `a broken call fails as it should, and is executed or not`(_ case: Case) async throws {
    let database = try await TestDatabase.make(migrated: false)
    let (proxy, connection) = try await Self.connected(database)
    proxy.breakCall("insert", count: 2, with: `case`.fault)
    _ = try await connection.query(Self.insert, within: .seconds(10))
    let error = await #expect(throws: PostgresError.self) {
      // Only what is too late is not to be waited for.
      try await connection.query(
        Self.insert, within: `case`.code == .deadline ? .milliseconds(300) : .seconds(10))
    }
    #expect(error?.code == `case`.code, "\(String(describing: error))")
    #expect(error?.outcomeUnknown == `case`.isUnknown)
    let expected = `case`.isExecuted ? 2 : 1
    #expect(
      try await database.eventually(
        """
        (SELECT count(*) FROM effect) = \(expected) AND NOT EXISTS (
          SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
            AND pid <> pg_backend_pid())
        """))
    if `case`.fault == .error("40001") {
      _ = try await connection.query(Self.insert, within: .seconds(10))
    } else {
      #expect(!connection.isUsable)
      // A call that was swallowed or cut does not come later either.
      #expect(
        try await database.eventually(
          "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()"))
      #expect(try await database.scalar("SELECT count(*) FROM effect") == "\(expected)")
    }
    await connection.close()
    proxy.stop()
    await database.connection.close()
  }

  @Test func `calls are known by their functions and counted`() async throws {
    let database = try await TestDatabase.make()
    let proxy = try FaultProxy(to: database.url)
    let connection = try await Self.connect(proxy)
    let call = HeartbeatCall.call(worker: .random(), state: "running")
    for _ in 0..<2 {
      _ = try await connection.query(call.statement, call.parameters, within: .seconds(10))
    }
    let unregister = UnregisterCall.call(worker: .random())
    _ = try await connection.pipeline([call, unregister], within: .seconds(10))
    _ = try await connection.execute(script: ListenCall.script, within: .seconds(10))
    #expect(
      proxy.calls.map { "\($0.number) \($0.name) \($0.count)" } == [
        "1 settings 1", "2 heartbeat_v1 1", "3 heartbeat_v1 2",
        "4 heartbeat_v1+unregister_v1 1", "5 listen 1",
      ])
    await connection.close()
    proxy.stop()
    await database.connection.close()
  }

  @Test func `a stalled network delivers late, a slow one adds its delay twice`() async throws {
    let database = try await TestDatabase.make(migrated: false)
    let (proxy, connection) = try await Self.connected(database)
    proxy.stall()
    let stalled = Task { try await connection.query(Self.insert, within: .seconds(20)) }
    // sleeps: the case is that nothing comes, for as long as the stall lasts.
    try await Task.sleep(for: .milliseconds(300))
    #expect(try await database.scalar("SELECT count(*) FROM effect") == "0")
    proxy.resume()
    _ = try await stalled.value
    #expect(try await database.scalar("SELECT count(*) FROM effect") == "1")
    proxy.change { $0.delay = .milliseconds(100) }
    let start = ContinuousClock.now
    _ = try await connection.query(Self.insert, within: .seconds(20))
    #expect(ContinuousClock.now - start >= .milliseconds(200))
    await connection.close()
    proxy.stop()
    await database.connection.close()
  }

  @Test func `connections are refused, and cut after so many bytes`() async throws {
    let database = try await TestDatabase.make(migrated: false)
    let (proxy, connection) = try await Self.connected(database)
    proxy.change { $0.refuses = true }
    let refused = await #expect(throws: PostgresError.self) { try await Self.connect(proxy) }
    #expect(refused?.code == .connect)
    proxy.change {
      $0.refuses = false
      $0.cutAfter = { 2000 }
    }
    let brief = try await Self.connect(proxy)
    let large = Statement("large", "SELECT repeat('x', 5000)")
    let cut = await #expect(throws: PostgresError.self) {
      try await brief.query(large, within: .seconds(10))
    }
    #expect(cut?.code == .lost)
    _ = try await connection.query(large, within: .seconds(10))
    proxy.cutAll()
    await connection.waitUntilLost()
    proxy.stop()
    await database.connection.close()
  }

  @Test func `notifications disappear, and nothing else`() async throws {
    let database = try await TestDatabase.make(migrated: false)
    let (proxy, connection) = try await Self.connected(database)
    _ = try await connection.execute(script: "LISTEN news", within: .seconds(10))
    let heard = Task {
      var payloads: [String] = []
      for await notification in connection.notifications() {
        payloads.append(notification.payload)
        if notification.payload == "last" { break }
      }
      return payloads
    }
    let notify = { (payload: String) async throws -> Void in
      // From another session: a session hears its own NOTIFY in the reply.
      _ = try await database.query("SELECT pg_notify('news', '\(payload)')")
    }
    let ask = Statement("ask", "SELECT 1")
    _ = try await connection.query(ask, within: .seconds(10))
    try await notify("first")
    _ = try await connection.query(ask, within: .seconds(10))
    proxy.change { $0.losesNotifications = true }
    try await notify("lost")
    // The server sends what it has for a session before it answers the session's next call.
    _ = try await connection.query(ask, within: .seconds(10))
    _ = try await connection.query(ask, within: .seconds(10))
    proxy.change { $0.losesNotifications = false }
    try await notify("last")
    #expect(await heard.value == ["first", "last"])
    await connection.close()
    proxy.stop()
    await database.connection.close()
  }
}
