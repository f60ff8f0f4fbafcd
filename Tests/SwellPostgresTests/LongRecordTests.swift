import Foundation
import SwellPostgres
import Testing

/// TLS in records that are longer than what libpq reads at once: the rest of one waits in OpenSSL, and the
/// socket has nothing to tell.
@Suite struct LongRecordTests {
  @Test func `answers of any length come whole`() async throws {
    let folder = try ScratchServer.socketFolder()
    let pooler = try await TLSPooler(to: "\(folder)/.s.PGSQL.5432")
    let configuration = PostgresConfiguration(
      try ScratchServer.conninfo() + " host=127.0.0.1 port=\(pooler.port) sslmode=require")
    let statement = Statement(
      "long", "SELECT repeat('x', $1 / 7) FROM generate_series(1, 7)")
    let connection = try await PostgresConnection.connect(configuration, on: .shared())
    // Every size of what is left over, and of what libpq has room for.
    for kibibytes in stride(from: 1, through: 96, by: 1) {
      var p = Parameters()
      p.append(Int32(kibibytes * 1024))
      let rows = try await connection.query(statement, p, within: .seconds(5))
      #expect(rows.count == 7, "\(kibibytes) KiB")
    }
    await connection.close()
    await pooler.stop()
  }
}
