import Foundation
import SwellPostgres
import Testing

struct ScratchServerTests {
  @Test func `the scratch server is the one that SWELL_PG_BIN names`() async throws {
    try await withConnection { connection in
      let script =
        "SELECT current_setting('server_version'), setting FROM pg_config WHERE name = 'BINDIR'"
      let rows = try #require(try await connection.execute(script: script, within: limit).last)
      let row = try #require(rows.first)
      print("tests: PostgreSQL \(try row.string(0))")
      let folder = ProcessInfo.processInfo.environment["SWELL_PG_BIN"] ?? ""
      guard !folder.isEmpty else { return }
      #expect(
        URL(fileURLWithPath: try row.string(1)).resolvingSymlinksInPath().path
          == URL(fileURLWithPath: folder).resolvingSymlinksInPath().path)
    }
  }
}
