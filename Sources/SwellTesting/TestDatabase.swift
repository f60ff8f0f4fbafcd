public import SwellLocal
import SwellModel
public import SwellPostgres
import SwellStore

/// A database of one test: migrated, empty, and its own.
public final class TestDatabase: Sendable {
  public let url: String
  public let connection: PostgresConnection
  static let template = "swell_template"

  private init(url: String, connection: PostgresConnection) {
    self.url = url
    self.connection = connection
  }

  /// A fresh database on the shared server.
  ///
  /// - Parameter migrated: whether it has the schema.
  public static func make(migrated: Bool = true) async throws -> TestDatabase {
    try await open(TestServer.shared.database(migrated: migrated))
  }

  /// A fresh, migrated database on a server of the test's own.
  public static func make(on server: PrivateServer) async throws -> TestDatabase {
    let database = try await open(server.url)
    try await Migrator(database.connection).up()
    return database
  }

  /// A connection of one's own to a database, as a user if one is named.
  public static func open(_ url: String) async throws -> TestDatabase {
    let connection = try await PostgresConnection.connect(
      PostgresConfiguration(url), on: try Reactor.shared(), within: .seconds(30))
    return TestDatabase(url: url, connection: connection)
  }

  static func makeTemplate(on server: PrivateServer) async throws {
    try await admin(server, "CREATE DATABASE \(template)")
    let database = try await open(server.url(database: template))
    try await Migrator(database.connection).up()
    await database.connection.close()
  }

  static func admin(_ server: PrivateServer, _ sql: String) async throws {
    let database = try await open(server.url(database: "postgres"))
    _ = try await database.connection.execute(script: sql, within: .seconds(60))
    await database.connection.close()
  }

  /// Runs SQL and returns the rows of its last statement as text.
  @discardableResult
  public func query(_ sql: String) async throws(PostgresError) -> [[String?]] {
    let results = try await connection.execute(script: sql, within: .seconds(60))
    guard let rows = results.last else { return [] }
    var list: [[String?]] = []
    for row in rows {
      var values: [String?] = []
      for column in 0..<rows.columnCount { values.append(try row.optionalString(column)) }
      list.append(values)
    }
    return list
  }

  /// The first value of the first row.
  public func scalar(_ sql: String) async throws(PostgresError) -> String? {
    try await query(sql).first?.first ?? nil
  }

  /// Applies a definition written as YAML.
  public func apply(_ yaml: String) async throws {
    _ = try await ApplyCall.apply(
      try WorkflowDefinition.parse(yaml), over: connection, within: .seconds(10))
  }

  /// Replaces the database's clock by a table that the test moves.
  public func freezeTime() async throws(PostgresError) {
    try await query(
      """
      CREATE TABLE swell.test_clock (at timestamptz NOT NULL);
      INSERT INTO swell.test_clock VALUES (clock_timestamp());
      CREATE OR REPLACE FUNCTION swell.now() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
      SET search_path = pg_catalog, swell, pg_temp AS 'SELECT at FROM swell.test_clock';
      """)
  }

  /// Moves a frozen clock, by words such as `90 seconds`.
  public func advanceTime(_ interval: String) async throws(PostgresError) {
    try await query("UPDATE swell.test_clock SET at = at + interval '\(interval)'")
  }

  /// Waits until a query returns `t`, looking again every few milliseconds.
  ///
  /// Returns false when it has not within the limit.
  public func eventually(
    _ condition: String, within limit: Duration = .seconds(30)
  ) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
      if try await scalar("SELECT (\(condition))::boolean") == "t" { return true }
      try await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  /// What breaks the invariants of the tables; empty when all is well.
  public func violations() async throws(PostgresError) -> [String] {
    // Compiling so large a plan takes five seconds, running it a tenth of one.
    try await query("SET jit = off")
    return try await query(Self.invariants).map { row in
      row.map { $0 ?? "" }.joined(separator: " ")
    }
  }

  /// The question behind `violations`, for who has a connection of another kind.
  public static var invariants: String {
    String(decoding: PackageResources.invariants_sql, as: UTF8.self)
  }
}
