import SwellPostgres
import Testing

struct TypeTests {
  @Test func `every scalar comes back as it went`() async throws {
    try await withConnection { connection in
      let uuid = PostgresUUID.random()
      var parameters = Parameters()
      parameters.append(Int16.min)
      parameters.append(Int32.min)
      parameters.append(Int64.max)
      parameters.append(-1.5)
      parameters.append(true)
      parameters.append("grüße\n")
      parameters.append(uuid)
      parameters.append(json: Array(#"{"a": 1}"#.utf8))
      parameters.append(String?.none)
      parameters.append("")
      let rows = try await connection.query(
        Statement(
          "scalars",
          """
          SELECT $1::int2 AS a, $2::int4, $3::int8, $4::float8, $5::bool, $6::text, $7::uuid,
            $8::jsonb, $9::text, $10::text AS last
          """), parameters, within: limit)
      let row = try #require(rows.first)
      #expect(rows.count == 1 && rows.affected == 1 && rows.commandTag == "SELECT 1")
      #expect(rows.columnIndex("last") == 9 && rows.columnIndex("none") == nil)
      #expect(try row.int16(0) == .min)
      #expect(try row.int32(1) == .min)
      #expect(try row.int64(2) == .max)
      #expect(try row.double(3) == -1.5)
      #expect(try row.bool(4))
      #expect(try row.string(5) == "grüße\n")
      #expect(try row.uuid(6) == uuid)
      #expect(try row.json(7) == Array(#"{"a": 1}"#.utf8))
      #expect(row.isNull(8))
      #expect(try row.optionalString(8) == nil)
      #expect(try row.optionalString(9) == "")
      #expect(try row.optionalInt64(2) == .max)
    }
  }

  @Test func `every array comes back as it went`() async throws {
    try await withConnection { connection in
      let uuids = [PostgresUUID.random(), .random()]
      var parameters = Parameters()
      parameters.append(array: [Int16(1), -1])
      parameters.append(array: [Int32]())
      parameters.append(array: [Int64.min, .max])
      parameters.append(array: [true, false])
      parameters.append(array: ["a", "", "ü"])
      parameters.append(array: [0.5, -0.0])
      parameters.append(array: uuids)
      parameters.append(optionalArray: [Int64(4), nil])
      parameters.append(optionalArray: [Int32?.none])
      parameters.append(optionalArray: [nil, "x"])
      parameters.append(optionalArray: [uuids[0], nil])
      parameters.append(jsonArray: [Array("[1, 2]".utf8), nil])
      let rows = try await connection.query(
        Statement(
          "arrays",
          """
          SELECT $1::int2[], $2::int4[], $3::int8[], $4::bool[], $5::text[], $6::float8[],
            $7::uuid[], $8::int8[], cardinality($9::int4[]), $10::text[], $11::uuid[], $12::jsonb[]
          """), parameters, within: limit)
      let row = try #require(rows.first)
      #expect(try row.int16Array(0) == [1, -1])
      #expect(try row.int32Array(1) == [])
      #expect(try row.int64Array(2) == [.min, .max])
      #expect(try row.boolArray(3) == [true, false])
      #expect(try row.stringArray(4) == ["a", "", "ü"])
      #expect(try row.doubleArray(5) == [0.5, -0.0])
      #expect(try row.uuidArray(6) == uuids)
      #expect(try row.optionalInt64Array(7) == [4, nil])
      #expect(try row.int32(8) == 1)
      #expect(try row.optionalStringArray(9) == [nil, "x"])
      #expect(try row.optionalJSONArray(11) == [Array("[1, 2]".utf8), nil])
      #expect(throws: PostgresError.self) { try row.int64Array(7) }
      #expect(throws: PostgresError.self) { try row.stringArray(2) }
    }
  }

  @Test func `moments are microseconds of 1970 and infinity stays within`() async throws {
    try await withConnection { connection in
      let rows = try await connection.query(
        Statement(
          "",
          """
          SELECT '1970-01-01 00:00:00.000001+00'::timestamptz, 'infinity'::timestamptz,
            '-infinity'::timestamptz
          """), within: limit)
      let row = try #require(rows.first)
      #expect(try row.timestampMicroseconds(0) == 1)
      #expect(try row.timestampMicroseconds(1) == .max)
      #expect(try row.timestampMicroseconds(2) == .min)
    }
  }

  @Test func `a value of another type, NULL and a missing column are errors`() async throws {
    try await withConnection { connection in
      let rows = try await connection.query(
        Statement("", "SELECT 1::int4, NULL::int8, 2.5::float8, ARRAY[ARRAY[1]]"), within: limit)
      let row = try #require(rows.first)
      let attempts: [() throws -> Void] = [
        { _ = try row.int64(0) }, { _ = try row.string(0) }, { _ = try row.int64(1) },
        { _ = try row.int64(2) }, { _ = try row.uuid(2) }, { _ = try row.json(0) },
        { _ = try row.int32(-1) }, { _ = try row.int32(4) }, { _ = try row.int32Array(3) },
        { _ = try row.int32Array(0) }, { _ = try row.optionalInt32(9) },
        { _ = try row.timestampMicroseconds(1) },
      ]
      for attempt in attempts {
        let error = #expect(throws: PostgresError.self) { try attempt() }
        #expect(error?.code == .decoding)
      }
    }
  }

  @Test func `64 megabytes go there and back`() async throws {
    try await withConnection { connection in
      let text = String(repeating: "0123456789abcdef", count: 4 << 20)
      var parameters = Parameters()
      parameters.append(text)
      let rows = try await connection.query(
        Statement("large", "SELECT $1::text"), parameters, within: limit)
      #expect(try rows.first?.string(0) == text)
    }
  }
}
