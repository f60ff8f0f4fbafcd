public import SwellPostgres

/// Whether a database has the schema that this program needs.
public enum SchemaCheck {
  /// Throws `PostgresError` of code `configuration` that says what is wrong and what helps.
  ///
  /// - Parameter writes: whether the caller writes, which a standby does not allow.
  public static func run(
    over connection: PostgresConnection, writes: Bool
  ) async throws(PostgresError) {
    guard connection.serverVersion >= 150_000 else {
      throw refused(MigrationError.oldServer(connection.serverVersion).description)
    }
    let rows = try await connection.execute(
      script:
        """
        SELECT to_regprocedure('swell.maintain_v1(text)') IS NOT NULL, to_regclass('swell.migration') IS NOT NULL,
          pg_is_in_recovery(), COALESCE(has_schema_privilege(to_regnamespace('swell')::oid, 'USAGE'), true),
          COALESCE(has_function_privilege(to_regprocedure('swell.maintain_v1(text)')::oid, 'EXECUTE'), true),
          current_user
        """,
      within: .seconds(10))
    guard let row = rows.first?.first else { throw refused("the server gave no answer") }
    if writes, try row.string(2) == "t" { throw refused(MigrationError.standby.description) }
    let mayUse = try row.string(3) == "t"
    let mayWork = try row.string(4) == "t"
    if !mayUse || writes && !mayWork {
      let role = try row.string(5)
      var error = PostgresError(
        code: .server,
        "the role \(role) may not \(writes ? "work here" : "use the schema swell")",
        sqlState: "42501")
      error.hint =
        "As the owner of the schema: GRANT \(writes ? "swell_worker" : "swell_reader") TO \(role);"
      throw error
    }
    if try row.string(0) != "t" {
      throw refused(
        try row.string(1) == "t"
          ? "the database has an older schema than this program needs: run swell migrate up [old_schema]"
          : "the database has no Swell schema: run swell migrate up [no_schema]")
    }
  }

  private static func refused(_ message: String) -> PostgresError {
    PostgresError(code: .configuration, message)
  }
}
