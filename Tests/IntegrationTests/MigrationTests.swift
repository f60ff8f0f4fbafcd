import Foundation
import Swell
import SwellMigrations
import SwellStore
import SwellTesting
import Testing

/// The schema comes, goes, and comes back the same.
@Suite struct MigrationTests {
  private static let catalog = """
    SELECT c.relkind::text, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull::text
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE n.nspname = 'swell'
    UNION ALL
    SELECT 'f', p.proname::text, pg_get_functiondef(p.oid), COALESCE(p.proacl::text, ''), ''
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname = 'swell'
    UNION ALL
    SELECT 'c', t.conname::text, pg_get_constraintdef(t.oid), '', ''
    FROM pg_constraint AS t JOIN pg_namespace AS n ON n.oid = t.connamespace WHERE n.nspname = 'swell'
    ORDER BY 1, 2, 3, 4
    """

  @Test func `up, down and up again gives the same schema`() async throws {
    let database = try await TestDatabase.make(migrated: false)
    let migrator = Migrator(database.connection)
    #expect(try await migrator.up().count == Migrations.all.count)
    let first = try await database.query(Self.catalog)
    #expect(first.count > 100)
    #expect(try await migrator.down(to: 0).count == Migrations.all.count)
    #expect(
      try await database.scalar("SELECT count(*) FROM pg_namespace WHERE nspname = 'swell'") == "0")
    try await migrator.up()
    #expect(try await database.query(Self.catalog) == first)
    #expect(try await migrator.up().isEmpty)
    #expect(try await migrator.status().allSatisfy { $0.appliedAt != nil && !$0.isChanged })
  }

  @Test func `two who migrate at once both succeed`() async throws {
    let database = try await TestDatabase.make(migrated: false)
    let other = try await TestDatabase.open(database.url)
    async let one = Migrator(database.connection).up()
    async let two = Migrator(other.connection).up()
    let applied = try await [one, two]
    #expect(applied[0].count + applied[1].count == Migrations.all.count)
  }

  @Test func `a newer schema and a changed migration are refused`() async throws {
    let database = try await TestDatabase.make()
    try await database.query(
      "INSERT INTO swell.migration (number, name, sha256, up, applied_at) VALUES (9999, 'future', '', '', now())"
    )
    await #expect(throws: MigrationError.newerSchema("9999_future")) {
      try await Migrator(database.connection).up()
    }
    try await database.query(
      "DELETE FROM swell.migration WHERE number = 9999; UPDATE swell.migration SET up = 'other' WHERE number = 1"
    )
    await #expect(throws: MigrationError.changed("0001_tables")) {
      try await Migrator(database.connection).up()
    }
  }

  @Test func `the binary carries every file of the folder`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("migrations")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".sql") }
    #expect(Set(files) == Set(EmbeddedMigrations.files.map(\.name)))
    for file in EmbeddedMigrations.files {
      let text = try String(contentsOf: folder.appendingPathComponent(file.name), encoding: .utf8)
      #expect(text == file.text, "\(file.name)")
    }
    #expect(Migrations.all.map(\.number) == Array(1...Migrations.all.count))
  }
}
