public import SwellPostgres

/// Brings the schema up and down, one migration a transaction, under an advisory lock, so that
/// two who migrate at once wait for each other.
///
/// Throws `MigrationError` with what is wrong and what helps.
public struct Migrator: Sendable {
  private let connection: PostgresConnection
  private let migrations: [Migration]

  /// How long one migration may take.
  static let limit = Duration.seconds(600)

  public init(_ connection: PostgresConnection, migrations: [Migration] = Migrations.all) {
    self.connection = connection
    self.migrations = migrations
  }

  /// One migration and whether the database has it.
  public struct Status: Sendable, Hashable {
    public var id: String
    public var number: Int
    public var appliedAt: String?
    /// The stored text is not the one of this program.
    public var isChanged: Bool
    /// The database has it, this program does not: the database is newer.
    public var isUnknown: Bool
  }

  public func status() async throws -> [Status] {
    let stored = try await storedMigrations()
    var byNumber = Dictionary(
      stored.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    var list = [Status]()
    for migration in migrations {
      let known = byNumber.removeValue(forKey: migration.number)
      list.append(
        Status(
          id: migration.id, number: migration.number, appliedAt: known?.appliedAt,
          isChanged: known.map { $0.text != migration.up } ?? false, isUnknown: false))
    }
    for left in byNumber.values.sorted(by: { $0.number < $1.number }) {
      list.append(
        Status(
          id: left.id, number: left.number, appliedAt: left.appliedAt, isChanged: false,
          isUnknown: true))
    }
    return list
  }

  /// Applies what is missing, up to a number; returns the ids of what was applied.
  @discardableResult
  public func up(
    to target: Int? = nil, progress: (String) -> Void = { _ in }
  ) async throws -> [String] {
    try await checkServer()
    try await makeTable()
    var applied: [String] = []
    for migration in migrations where migration.number <= target ?? .max {
      if try await apply(migration) {
        applied.append(migration.id)
        progress(migration.id)
      }
    }
    return applied
  }

  /// Takes back what is above a number; returns the ids of what was taken back.
  @discardableResult
  public func down(
    to target: Int, progress: (String) -> Void = { _ in }
  ) async throws -> [String] {
    let stored = try await storedMigrations()
    if let newer = stored.first(where: { $0.number > (migrations.last?.number ?? 0) }) {
      throw MigrationError.newerSchema(newer.id)
    }
    var taken: [String] = []
    for migration in migrations.reversed() where migration.number > target {
      guard stored.contains(where: { $0.number == migration.number }) else { continue }
      try await transaction(
        migration.down,
        bookkeeping: "DELETE FROM swell.migration WHERE number = \(migration.number);")
      taken.append(migration.id)
      progress(migration.id)
    }
    if target == 0 {
      try await script("DROP TABLE IF EXISTS swell.migration; DROP SCHEMA IF EXISTS swell")
    }
    return taken
  }

  private func checkServer() async throws {
    guard connection.serverVersion >= 150_000 else {
      throw MigrationError.oldServer(connection.serverVersion)
    }
    let rows = try await connection.execute(
      script: "SELECT pg_is_in_recovery()::text", within: .seconds(10))
    if try rows.first?.first?.string(0) == "true" { throw MigrationError.standby }
  }

  private func makeTable() async throws {
    try await script(
      """
      SELECT pg_advisory_xact_lock(hashtextextended('swell.migrate', 0));
      DO $$ BEGIN IF to_regnamespace('swell') IS NULL THEN CREATE SCHEMA swell; END IF; END $$;
      CREATE TABLE IF NOT EXISTS swell.migration (
        number     integer NOT NULL CONSTRAINT migration_pkey PRIMARY KEY,
        name       text NOT NULL,
        sha256     bytea NOT NULL,
        up         text NOT NULL,
        applied_at timestamptz NOT NULL
      );
      """)
  }

  /// Applies one migration unless it is there. What is there must be the same text.
  private func apply(_ migration: Migration) async throws -> Bool {
    let stored = try await storedMigrations()
    if let newer = stored.first(where: { $0.number > (migrations.last?.number ?? 0) }) {
      throw MigrationError.newerSchema(newer.id)
    }
    if let known = stored.first(where: { $0.number == migration.number }) {
      guard known.text == migration.up else { throw MigrationError.changed(migration.id) }
      return false
    }
    let quoted = quote(migration.up)
    do {
      try await transaction(
        migration.up,
        bookkeeping: """
          INSERT INTO swell.migration (number, name, sha256, up, applied_at)
          VALUES (\(migration.number), \(quote(migration.name)), sha256(convert_to(\(quoted), 'UTF8')), \(quoted), clock_timestamp());
          """,
        guarded: migration.number)
    } catch let error as PostgresError where error.sqlState == "SW900" {
      // Somebody else applied it while this one waited for the lock.
      return false
    }
    return true
  }

  private func transaction(
    _ body: String, bookkeeping: String, guarded number: Int? = nil
  ) async throws {
    let check = number.map { number in
      """
      DO $guard$ BEGIN
        IF EXISTS (SELECT FROM swell.migration WHERE number = \(number)) THEN
          RAISE EXCEPTION 'applied already' USING ERRCODE = 'SW900';
        END IF;
      END $guard$;
      """
    }
    try await script(
      """
      BEGIN;
      SET LOCAL client_min_messages = warning;
      SELECT pg_advisory_xact_lock(hashtextextended('swell.migrate', 0));
      SET LOCAL lock_timeout = '5s';
      \(check ?? "")
      \(body)
      \(bookkeeping)
      COMMIT;
      """)
  }

  private func script(_ text: String) async throws(PostgresError) {
    do throws(PostgresError) {
      _ = try await connection.execute(script: text, within: Self.limit)
    } catch {
      // A failed script leaves its transaction open.
      if connection.isUsable {
        _ = try? await connection.execute(script: "ROLLBACK", within: .seconds(5))
      }
      throw error
    }
  }

  private struct Stored {
    var number: Int
    var id: String
    var text: String
    var appliedAt: String
  }

  private func storedMigrations() async throws -> [Stored] {
    let exists = try await connection.execute(
      script: "SELECT to_regclass('swell.migration') IS NOT NULL", within: .seconds(10))
    guard try exists.first?.first?.string(0) == "t" else { return [] }
    let rows = try await connection.execute(
      script:
        "SELECT number, to_char(number, 'FM0000') || '_' || name, up, applied_at::text FROM swell.migration ORDER BY number",
      within: .seconds(10))
    return try (rows.first.map(Array.init) ?? []).map { row in
      Stored(
        number: Int(try row.string(0)) ?? 0, id: try row.string(1), text: try row.string(2),
        appliedAt: try row.string(3))
    }
  }

  /// A literal for SQL that was written here; not for anything that a user typed.
  private func quote(_ text: String) -> String {
    "'" + text.replacing("'", with: "''") + "'"
  }
}
