import SwellPostgres
import Testing

/// Transactions that stay open from call to call, also behind a pooler's rules.
struct TransactionTests {
  private static let limits = PostgresTransaction.Limits(
    statement: .seconds(20), idle: .seconds(20))

  private static func text(_ values: String?...) -> Parameters {
    var parameters = Parameters()
    for value in values { parameters.append(text: value.map { Array($0.utf8) }) }
    return parameters
  }

  private static func texts(_ rows: Rows) -> [[String?]] {
    rows.map { row in
      (0..<rows.columnCount).map { row.bytes($0).map { String(decoding: $0, as: UTF8.self) } }
    }
  }

  private static let plenty = RowLimit(rows: 10_000, bytes: 1 << 20)

  @Test(arguments: [false, true])
  func `what was parsed is executed with texts, for whatever types`(pooled: Bool) async throws {
    try await withConnection(pooled: pooled) { connection in
      let (transaction, _) = try await PostgresTransaction.begin(
        on: connection, limits: Self.limits, within: limit)
      let description = try await transaction.parse(
        "SELECT $1::int4 + 1 AS n, $2::jsonb -> 'a' AS a, $3::text[] AS list, $4::bool AS nothing",
        within: limit)
      #expect(description.parameterTypes == [23, 3802, 1009, 16])
      #expect(description.columnNames == ["n", "a", "list", "nothing"])
      #expect(description.columnTypes == [23, 3802, 1009, 16])
      let results = try await transaction.execute(
        description,
        [
          Self.text("41", #"{"a": [1]}"#, #"{"x y",NULL}"#, nil),
          Self.text("", "{}", "{}", "t"),
        ].dropLast(1), limit: Self.plenty, within: limit)
      #expect(results.map(Self.texts) == [[["42", "[1]", #"{"x y",NULL}"#, nil]]])
      try await transaction.commit(within: limit)
      #expect(!connection.isInTransaction)
    }
  }

  @Test(arguments: [false, true])
  func `many executions go in one round trip, and all or none lasts`(pooled: Bool) async throws {
    try await withConnection(pooled: pooled) { connection in
      let table = "executions_\(pooled)"
      _ = try await connection.execute(
        script: "CREATE TABLE \(table) (n int4 CONSTRAINT small CHECK (n < 500))", within: limit)
      func insert(_ numbers: Range<Int>) async throws {
        let (transaction, _) = try await PostgresTransaction.begin(
          on: connection, limits: Self.limits, within: limit)
        let insert = try await transaction.parse(
          "INSERT INTO \(table) VALUES ($1) RETURNING n * 2", within: limit)
        do {
          let results = try await transaction.execute(
            insert, numbers.map { Self.text("\($0)") }, limit: Self.plenty, within: limit)
          #expect(results.map { Self.texts($0) } == numbers.map { [["\($0 * 2)"]] })
          #expect(results.allSatisfy { $0.affected == 1 })
        } catch {
          await transaction.rollback(within: limit)
          throw error
        }
        try await transaction.commit(within: limit)
      }
      try await insert(0..<400)
      let error = await failure { try await insert(400..<600) }
      #expect(error?.constraint == "small")
      #expect(error?.callIndex == 100)
      #expect(connection.isUsable)
      let count = Statement("", "SELECT count(*) FROM \(table)")
      #expect(try await connection.query(count, within: limit).first?.int64(0) == 400)
    }
  }

  @Test(arguments: [false, true])
  func `what was parsed is executed, whatever was asked in between`(pooled: Bool) async throws {
    try await withConnection(pooled: pooled) { connection in
      let (transaction, _) = try await PostgresTransaction.begin(
        on: connection, limits: Self.limits, within: limit)
      let first = try await transaction.parse("SELECT $1 -> 'a'", types: [3802], within: limit)
      let second = try await transaction.parse("SELECT 'second'", within: limit)
      for (statement, sets, answer) in [
        (second, [Parameters()], "second"), (first, [Self.text(#"{"a": 1}"#)], "1"),
        (second, [Parameters()], "second"), (first, [Self.text(#"{"a": 2}"#)], "2"),
        (first, [Self.text(#"{"a": 3}"#)], "3"),
      ] {
        if answer == "3" {
          _ = try await transaction.query(Statement("third", "SELECT 'third'"), within: limit)
        }
        let results = try await transaction.execute(
          statement, sets, limit: Self.plenty, within: limit)
        #expect(results.map { Self.texts($0) } == [[[answer]]])
      }
      try await transaction.commit(within: limit)
    }
  }

  /// What was prepared is prepared anew by the next one: the connection lives on in its pool.
  @Test func `a table that changes costs one transaction`() async throws {
    try await withConnection { connection in
      _ = try await connection.execute(
        script: "CREATE TABLE orders AS SELECT 1::int4 AS a", within: limit)
      func read() async throws -> Int {
        let (transaction, _) = try await PostgresTransaction.begin(
          on: connection, limits: Self.limits, within: limit)
        do {
          let rows = try await transaction.query(
            Statement("orders", "SELECT * FROM orders"), within: limit)
          try await transaction.commit(within: limit)
          return rows.columnCount
        } catch {
          await transaction.rollback(within: limit)
          throw error
        }
      }
      #expect(try await read() == 1)
      _ = try await connection.execute(script: "ALTER TABLE orders ADD b int4", within: limit)
      let error = await failure { _ = try await read() }
      #expect(error?.sqlState == "0A000")
      #expect(try await read() == 2)
      #expect(connection.isUsable)
    }
  }

  /// Whoever has kept it may find somebody else's transaction on its connection.
  @Test func `a transaction that has ended takes nothing more`() async throws {
    try await withConnection { connection in
      for isCommitted in [true, false] {
        let (transaction, _) = try await PostgresTransaction.begin(
          on: connection, limits: Self.limits, within: limit)
        let parsed = try await transaction.parse("SELECT 1", within: limit)
        if isCommitted {
          try await transaction.commit(within: limit)
        } else {
          await transaction.rollback(within: limit)
        }
        let (next, _) = try await PostgresTransaction.begin(
          on: connection, limits: Self.limits, within: limit)
        var errors: [PostgresError?] = []
        errors.append(
          await failure {
            _ = try await transaction.query(Statement("", "SELECT 1"), within: limit)
          })
        errors.append(await failure { _ = try await transaction.parse("SELECT 2", within: limit) })
        errors.append(
          await failure {
            _ = try await transaction.execute(
              parsed, [Parameters()], limit: Self.plenty, within: limit)
          })
        errors.append(await failure { try await transaction.commit(within: limit) })
        #expect(errors.map { $0?.code } == Array(repeating: .closed, count: 4))
        #expect(connection.isInTransaction)
        try await next.commit(within: limit)
      }
    }
  }

  @Test func `no more rows are taken than were asked for`() async throws {
    for (rows, bytes, code) in [
      (99, 1 << 20, PostgresError.Code.tooManyRows), (100, 150, .tooLarge),
    ] {
      try await withConnection { connection in
        let (transaction, _) = try await PostgresTransaction.begin(
          on: connection, limits: Self.limits, within: limit)
        let endless = try await transaction.parse(
          "SELECT generate_series(1, 100000000) AS i", within: limit)
        let error = await failure {
          _ = try await transaction.execute(
            endless, [Parameters()], limit: RowLimit(rows: rows, bytes: bytes), within: limit)
        }
        #expect(error?.code == code)
        #expect(!connection.isUsable)
      }
    }
    try await withConnection { connection in
      let (transaction, _) = try await PostgresTransaction.begin(
        on: connection, limits: Self.limits, within: limit)
      let hundred = try await transaction.parse(
        "SELECT i FROM generate_series(1, 100) AS i", within: limit)
      let results = try await transaction.execute(
        hundred, [Parameters()], limit: RowLimit(rows: 100, bytes: 1000), within: limit)
      #expect(results.first?.count == 100)
      #expect(results.first?.commandTag == "SELECT 100")
      try await transaction.commit(within: limit)
    }
  }

  @Test(arguments: [false, true])
  func `a transaction that failed cannot be committed`(pooled: Bool) async throws {
    try await withConnection(pooled: pooled) { connection in
      let (transaction, _) = try await PostgresTransaction.begin(
        on: connection, limits: Self.limits, within: limit)
      let failed = await failure {
        _ = try await transaction.query(Statement("", "SELECT 1 / 0"), within: limit)
      }
      #expect(failed?.sqlState == "22012")
      let error = await failure { try await transaction.commit(within: limit) }
      #expect(error?.sqlState == "25P02")
      #expect(error?.outcomeUnknown == false)
      // The connection is as good as before.
      #expect(
        try await connection.query(Statement("", "SELECT 7::int4"), within: limit).first?.int32(0)
          == 7)
    }
  }

  @Test func `a reading one cannot write, and its bounds are its own`() async throws {
    try await withConnection { connection in
      let settings = Statement(
        "settings",
        "SELECT current_setting('statement_timeout'), current_setting('transaction_read_only')")
      let before = try await connection.query(settings, within: limit).first?.string(0)
      let (transaction, rows) = try await PostgresTransaction.begin(
        on: connection, isReadOnly: true,
        limits: PostgresTransaction.Limits(statement: .seconds(1), idle: .seconds(5)),
        calls: [Call(settings)], within: limit)
      #expect(try rows.first?.first?.string(0) == "1s")
      #expect(try rows.first?.first?.string(1) == "on")
      let late = await failure {
        _ = try await transaction.query(Statement("", "SELECT pg_sleep(10)"), within: limit)
      }
      #expect(late?.sqlState == "57014")
      await transaction.rollback(within: limit)
      #expect(try await connection.query(settings, within: limit).first?.string(0) == before)
      #expect(try await connection.query(settings, within: limit).first?.string(1) == "off")
    }
  }

  @Test func `a session that the server ends for idleness leaves a commit unknown`() async throws {
    try await withConnection { connection in
      let (transaction, _) = try await PostgresTransaction.begin(
        on: connection,
        limits: PostgresTransaction.Limits(statement: .seconds(5), idle: .milliseconds(20)),
        within: limit)
      await connection.waitUntilLost()
      let error = await failure { try await transaction.commit(within: limit) }
      #expect(error != nil)
    }
  }

  @Test func `a parameter with a zero byte is refused before it is sent`() async throws {
    try await withConnection { connection in
      let (transaction, _) = try await PostgresTransaction.begin(
        on: connection, limits: Self.limits, within: limit)
      let echo = try await transaction.parse("SELECT $1::text", within: limit)
      let error = await failure {
        _ = try await transaction.execute(
          echo, [Self.text("a\0b")], limit: Self.plenty, within: limit)
      }
      #expect(error?.code == .encoding)
      await transaction.rollback(within: limit)
      #expect(connection.isUsable)
    }
  }

  @Test func `domains and arrays are known for what they are`() async throws {
    try await withConnection { connection in
      _ = try await connection.execute(
        script: """
          CREATE TYPE mood AS ENUM ('good', 'bad');
          CREATE DOMAIN amount AS numeric CHECK (VALUE >= 0)
          """, within: limit)
      let (transaction, _) = try await PostgresTransaction.begin(
        on: connection, limits: Self.limits, within: limit)
      let description = try await transaction.parse(
        "SELECT $1::mood, $2::mood[], $3::amount, $4::box[]", within: limit)
      let types = try await PostgresType.find(
        description.parameterTypes, in: transaction, within: limit)
      let forms = Dictionary(uniqueKeysWithValues: types.map { ($0.oid, $0.form) })
      let oids = description.parameterTypes
      #expect(forms[oids[0]] == .plain)
      #expect(forms[oids[1]] == .array(of: oids[0], delimiter: UInt8(ascii: ",")))
      #expect(forms[oids[2]] == .domain(of: 1700))
      #expect(forms[oids[3]] == .array(of: 603, delimiter: UInt8(ascii: ";")))
      await transaction.rollback(within: limit)
    }
  }
}
