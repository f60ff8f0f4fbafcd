import SwellPostgres
import Synchronization
import Testing

struct LossTests {
  private static let sleep = Statement("", "SELECT pg_sleep(60)")

  @Test func `notifications arrive while idle, and end with the connection`() async throws {
    try await withConnection { listener in
      let stream = listener.notifications()
      _ = try await listener.execute(script: "LISTEN bell", within: limit)
      try await withConnection { speaker in
        _ = try await speaker.execute(
          script: "NOTIFY bell, 'one'; NOTIFY bell, 'two'", within: limit)
        var iterator = stream.makeAsyncIterator()
        let first = await iterator.next()
        #expect(
          first
            == PostgresNotification(
              channel: "bell", payload: "one", pid: speaker.backendPID))
        #expect(await iterator.next()?.payload == "two")
        await listener.close()
        #expect(await iterator.next() == nil)
      }
    }
  }

  @Test func `a connection ended by the server is noticed while idle`() async throws {
    try await withConnection { victim in
      try await withConnection { other in
        async let lost: Void = victim.waitUntilLost()
        try await terminate(victim, by: other)
        await lost
        #expect(!victim.isUsable)
        let error = await failure {
          _ = try await victim.query(Statement("", "SELECT 1"), within: limit)
        }
        #expect(error?.code == .lost)
        #expect(error?.sqlState == "57P01")
        #expect(error?.outcomeUnknown == false)
      }
    }
  }

  @Test func `a query whose connection ends fails`() async throws {
    try await withConnection { victim in
      try await withConnection { other in
        async let error = failure { _ = try await victim.query(Self.sleep, within: limit) }
        try await untilActive(victim, seenBy: other)
        try await terminate(victim, by: other)
        let told = await error
        #expect(told?.isConnectionFatal == true)
        #expect(told?.sqlState == "57P01")
        #expect(told?.outcomeUnknown == false)
        await victim.waitUntilLost()
        #expect(!victim.isUsable)
      }
    }
  }

  @Test func `a passed deadline is told promptly and closes the connection`() async throws {
    try await withConnection { connection in
      let clock = ContinuousClock()
      let start = clock.now
      let error = await failure {
        _ = try await connection.query(Self.sleep, within: .milliseconds(50))
      }
      let passed = start.duration(to: clock.now)
      #expect(error?.code == .deadline)
      #expect(error?.outcomeUnknown == true)
      #expect(passed >= .milliseconds(50) && passed < .seconds(5))
      #expect(!connection.isUsable)
      try await withConnection { other in try await untilGone(connection, seenBy: other) }
    }
  }

  @Test func `a deadline that passes in the queue leaves the connection alone`() async throws {
    try await withConnection { connection in
      try await withConnection { other in
        async let first = failure { _ = try await connection.query(Self.sleep, within: limit) }
        try await untilActive(connection, seenBy: other)
        let second = await failure {
          _ = try await connection.query(Statement("", "SELECT 1"), within: .milliseconds(20))
        }
        #expect(second?.code == .deadline)
        #expect(second?.outcomeUnknown == false)
        #expect(connection.isUsable)
        await connection.cancelRunningQuery()
        #expect(await first?.sqlState == "57014")
      }
    }
  }

  @Test func `a cancelled query fails and the connection goes on`() async throws {
    try await withConnection { connection in
      try await withConnection { other in
        async let error = failure { _ = try await connection.query(Self.sleep, within: limit) }
        try await untilActive(connection, seenBy: other)
        await connection.cancelRunningQuery()
        #expect(await error?.sqlState == "57014")
        #expect(connection.isUsable)
        _ = try await connection.query(Statement("", "SELECT 1"), within: limit)
      }
    }
  }

  @Test func `a cancelled task gives up its connection`() async throws {
    try await withConnection { connection in
      try await withConnection { other in
        let task = Task {
          await failure { _ = try await connection.query(Self.sleep, within: limit) }
        }
        try await untilActive(connection, seenBy: other)
        task.cancel()
        #expect(await task.value?.code == .closed)
        try await untilGone(connection, seenBy: other)
      }
    }
  }

  @Test func `who cannot log in is told so`() async throws {
    let conninfo = try ScratchServer.conninfo()
    let missing = await failure {
      _ = try await PostgresConnection.connect(
        PostgresConfiguration("\(conninfo) user=nobody_here"), on: .shared())
    }
    #expect(missing?.code == .authentication)
    #expect(missing?.sqlState == "28000")
    let database = await failure {
      _ = try await PostgresConnection.connect(
        PostgresConfiguration("\(conninfo) dbname=none"), on: .shared())
    }
    #expect(database?.code == .connect)
    #expect(database?.sqlState == "3D000")
    let nowhere = await failure {
      _ = try await PostgresConnection.connect(
        PostgresConfiguration("host=/nonexistent"), on: .shared())
    }
    #expect(nowhere?.code == .connect)
  }

  @Test func `the first host that answers is taken`() async throws {
    let conninfo = try ScratchServer.conninfo()
    let several = conninfo.replacing("host=", with: "host=/nonexistent,")
    let connection = try await PostgresConnection.connect(
      PostgresConfiguration(several, applicationName: "several"), on: .shared())
    #expect(connection.parameterStatus("application_name") == "several")
    #expect(connection.parameterStatus("client_encoding") == "UTF8")
    #expect(connection.serverVersion >= 130000)
    await connection.close()
  }

  @Test func `a stopped reactor fails what waits on it`() async throws {
    let reactor = try Reactor(name: "stopping")
    let connection = try await PostgresConnection.connect(
      ScratchServer.configuration(), on: reactor)
    try await withConnection { other in
      async let error = failure { _ = try await connection.query(Self.sleep, within: limit) }
      try await untilActive(connection, seenBy: other)
      reactor.stop()
      #expect(await error?.code == .closed)
      #expect(!connection.isUsable)
      let later = await failure {
        _ = try await connection.query(Statement("", "SELECT 1"), within: limit)
      }
      #expect(later?.code == .closed)
    }
  }

  private func terminate(_ victim: PostgresConnection, by other: PostgresConnection) async throws {
    var parameters = Parameters()
    parameters.append(victim.backendPID)
    _ = try await other.query(
      Statement("", "SELECT pg_terminate_backend($1)"), parameters, within: limit)
  }

  private func untilActive(_ one: PostgresConnection, seenBy other: PostgresConnection)
    async throws
  {
    try await until(
      "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'", is: 1,
      of: one, seenBy: other)
  }

  private func untilGone(_ one: PostgresConnection, seenBy other: PostgresConnection)
    async throws
  {
    try await until(
      "SELECT count(*) FROM pg_stat_activity WHERE pid = $1", is: 0, of: one, seenBy: other)
  }

  private func until(
    _ sql: String, is wanted: Int64, of one: PostgresConnection, seenBy other: PostgresConnection
  ) async throws {
    var parameters = Parameters()
    parameters.append(one.backendPID)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(20)
    while try await other.query(Statement("", sql), parameters, within: limit).first?.int64(0)
      != wanted
    {
      try #require(clock.now < end)
    }
  }
}
