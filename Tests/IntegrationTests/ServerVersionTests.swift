import Foundation
import SwellLocal
import SwellTesting
import Testing

struct ServerVersionTests {
  @Test func `the tests run on the server that SWELL_PG_BIN names`() async throws {
    let database = try await TestDatabase.make(migrated: false)
    let number = try await database.scalar("SHOW server_version_num")
    let major = try #require(number.flatMap { Int($0) }) / 10_000
    print("tests: PostgreSQL \(try await database.scalar("SHOW server_version") ?? "")")
    #expect(major >= 15)
    let folder = ProcessInfo.processInfo.environment["SWELL_PG_BIN"] ?? ""
    guard !folder.isEmpty else { return }
    let file = try await database.scalar("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
    #expect(
      file.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path }
        == URL(fileURLWithPath: folder).resolvingSymlinksInPath().path)
  }
}
