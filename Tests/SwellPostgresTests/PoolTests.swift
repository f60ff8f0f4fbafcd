import SwellPostgres
import Testing

struct PoolTests {
  private static let pid = Statement("pid", "SELECT pg_backend_pid()")

  @Test func `a connection is lent again, and never to two`() async throws {
    let pool = try PostgresPool(
      configuration: ScratchServer.configuration(), reactor: .shared(), size: 2, waitLimit: limit)
    let pids = try await withThrowingTaskGroup(of: Int32?.self) { group in
      for _ in 0..<50 {
        group.addTask {
          try await pool.withConnection { connection in
            try await connection.query(Self.pid, within: limit).first?.int32(0)
          }
        }
      }
      var pids: Set<Int32?> = []
      for try await pid in group { pids.insert(pid) }
      return pids
    }
    #expect(pids.count <= 2)
    await pool.close()
    let error = await failure { try await pool.withConnection { _ in } }
    #expect(error?.code == .closed)
  }

  @Test func `who waits too long is told that the pool is exhausted`() async throws {
    let pool = try PostgresPool(
      configuration: ScratchServer.configuration(), reactor: .shared(), size: 1,
      waitLimit: .milliseconds(20))
    try await pool.withConnection { _ in
      let error = await failure { try await pool.withConnection { _ in } }
      #expect(error?.code == .poolExhausted)
      let task = Task { await failure { try await pool.withConnection { _ in } } }
      task.cancel()
      #expect([.closed, .poolExhausted].contains(await task.value?.code))
    }
    try await pool.withConnection { #expect($0.isUsable) }
    await pool.close()
  }

  @Test func `a broken connection and one in a transaction are replaced`() async throws {
    let pool = try PostgresPool(
      configuration: ScratchServer.configuration(), reactor: .shared(), size: 1, waitLimit: limit)
    let first = try await pool.withConnection { connection in
      await connection.close()
      return connection.backendPID
    }
    let second = try await pool.withConnection { connection in
      _ = try await connection.execute(script: "BEGIN", within: limit)
      return connection.backendPID
    }
    let third = try await pool.withConnection { $0.backendPID }
    #expect(Set([first, second, third]).count == 3)
    #expect(try await pool.withConnection { $0.backendPID } == third)
    await pool.close()
  }

  @Test func `a pool whose server is not there goes on trying`() async throws {
    let pool = try PostgresPool(
      configuration: PostgresConfiguration("host=/nonexistent"), reactor: .shared(), size: 1,
      waitLimit: limit)
    for _ in 0..<3 {
      let error = await failure { try await pool.withConnection { _ in } }
      #expect(error?.code == .connect)
    }
    await pool.close()
  }
}
