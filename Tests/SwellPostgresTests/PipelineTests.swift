import SwellPostgres
import Testing

struct PipelineTests {
  private static let select = Statement("one", "SELECT 1::int4")

  @Test(arguments: [false, true])
  func `an error in the second call undoes the first`(pooled: Bool) async throws {
    try await withConnection(pooled: pooled) { connection in
      let table = "atomic_\(pooled)"
      _ = try await connection.execute(
        script: "CREATE TABLE \(table) (a int4 CONSTRAINT small CHECK (a < 10))", within: limit)
      let insert = Statement("insert", "INSERT INTO \(table) VALUES ($1)")
      let error = await failure {
        _ = try await connection.pipeline(
          [Call(insert, one(1)), Call(insert, one(20)), Call(Self.select)], within: limit)
      }
      #expect(error?.sqlState == "23514")
      #expect(error?.constraint == "small")
      #expect(error?.callIndex == 1)
      #expect(error?.statement == "insert")
      #expect(error?.outcomeUnknown == false)
      let count = Statement("count", "SELECT count(*) FROM \(table)")
      #expect(try await connection.query(count, within: limit).first?.int64(0) == 0)
      let rows = try await connection.pipeline(
        [Call(insert, one(1)), Call(insert, one(2)), Call(count)], within: limit)
      #expect(rows.count == 3)
      #expect(rows[0].affected == 1)
      #expect(try rows[2].first?.int64(0) == 2)
    }
  }

  @Test(arguments: [false, true])
  func `a constraint deferred to the commit is reported`(pooled: Bool) async throws {
    try await withConnection(pooled: pooled) { connection in
      let table = "deferred_\(pooled)"
      _ = try await connection.execute(
        script: "CREATE TABLE \(table) (a int4 UNIQUE DEFERRABLE INITIALLY DEFERRED)",
        within: limit)
      let insert = Statement("insert", "INSERT INTO \(table) VALUES ($1)")
      let error = await failure {
        _ = try await connection.pipeline(
          [Call(insert, one(1)), Call(insert, one(1))], within: limit)
      }
      #expect(error?.sqlState == "23505")
      #expect(error?.outcomeUnknown == false)
      let count = Statement("count", "SELECT count(*) FROM \(table)")
      #expect(try await connection.query(count, within: limit).first?.int64(0) == 0)
    }
  }

  @Test func `a statement is prepared once`() async throws {
    try await withConnection { connection in
      let echo = Statement("echo", "SELECT $1::int4")
      for value in 0..<3 as Range<Int32> {
        let rows = try await connection.pipeline(
          [Call(echo, one(value)), Call(echo, one(value + 1))], within: limit)
        #expect(try rows.map { try $0.first?.int32(0) } == [value, value + 1])
      }
      let prepared = Statement(
        "", "SELECT name, generic_plans + custom_plans FROM pg_prepared_statements")
      let rows = try await connection.query(prepared, within: limit)
      #expect(try rows.map { try $0.string(0) } == ["echo"])
      #expect(try rows.first?.int64(1) == 6)
    }
  }

  @Test func `a pooled connection leaves nothing prepared`() async throws {
    try await withConnection(pooled: true) { connection in
      _ = try await connection.query(Self.select, within: limit)
      let prepared = Statement("p", "SELECT count(*) FROM pg_prepared_statements")
      #expect(try await connection.query(prepared, within: limit).first?.int64(0) == 0)
    }
  }

  @Test func `a statement whose preparation failed can be tried again`() async throws {
    try await withConnection { connection in
      let later = Statement("later", "SELECT a FROM comes_later")
      let error = await failure { _ = try await connection.query(later, within: limit) }
      #expect(error?.sqlState == "42P01")
      #expect(error?.statement == "later")
      #expect(error?.callIndex == 0)
      _ = try await connection.execute(
        script: "CREATE TABLE comes_later AS SELECT 1::int4 AS a", within: limit)
      #expect(try await connection.query(later, within: limit).first?.int32(0) == 1)
    }
  }

  @Test func `prepared statements survive a changed table and DISCARD ALL`() async throws {
    try await withConnection { connection in
      _ = try await connection.execute(
        script: "CREATE TABLE changes AS SELECT 1::int4 AS a", within: limit)
      let all = Statement("all", "SELECT * FROM changes")
      _ = try await connection.query(all, within: limit)
      _ = try await connection.execute(
        script: "ALTER TABLE changes ADD b int4 DEFAULT 2", within: limit)
      #expect(try await connection.query(all, within: limit).first?.int32(1) == 2)
      _ = try await connection.execute(script: "DISCARD ALL", within: limit)
      #expect(try await connection.query(all, within: limit).first?.int32(1) == 2)
    }
  }

  @Test func `two statements of one name do not mix`() async throws {
    try await withConnection { connection in
      let rows = try await connection.pipeline(
        [
          Call(Statement("same", "SELECT 1::int4")), Call(Statement("same", "SELECT 2::int4")),
        ], within: limit)
      #expect(try rows.map { try $0.first?.int32(0) } == [1, 2])
    }
  }

  @Test(arguments: [false, true])
  func `transactions are READ COMMITTED whatever the server's default`(pooled: Bool)
    async throws
  {
    try await withConnection(pooled: pooled) { connection in
      let rows = try await connection.query(
        Statement("", "SELECT current_setting('transaction_isolation')"), within: limit)
      #expect(try rows.first?.string(0) == "read committed")
    }
  }

  @Test func `requests of many tasks are answered each with its own`() async throws {
    try await withConnection { connection in
      let echo = Statement("echo", "SELECT $1::int4")
      try await withThrowingTaskGroup(of: Void.self) { group in
        for value in 0..<500 as Range<Int32> {
          group.addTask {
            let rows = try await connection.query(echo, one(value), within: limit)
            #expect(try rows.first?.int32(0) == value)
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func `a script runs many statements and names the one that failed`() async throws {
    try await withConnection { connection in
      let rows = try await connection.execute(
        script: "SELECT 1 AS a; SELECT 'x' AS b; CREATE TABLE scripted (a int4)", within: limit)
      #expect(rows.count == 3)
      #expect(try rows[1].first?.string(0) == "x")
      #expect(try rows[0].first?.string(0) == "1")
      let error = await failure {
        _ = try await connection.execute(
          script: "INSERT INTO scripted VALUES (1); SELECT 1/0", within: limit)
      }
      #expect(error?.sqlState == "22012")
      #expect(error?.callIndex == 1)
      let count = Statement("", "SELECT count(*) FROM scripted")
      #expect(try await connection.query(count, within: limit).first?.int64(0) == 0)
      let copy = await failure {
        _ = try await connection.execute(script: "COPY scripted FROM STDIN", within: limit)
      }
      #expect(copy?.sqlState == "0A000")
      #expect(!connection.isUsable)
    }
  }
}

private func one(_ value: Int32) -> Parameters {
  var parameters = Parameters()
  parameters.append(value)
  return parameters
}
