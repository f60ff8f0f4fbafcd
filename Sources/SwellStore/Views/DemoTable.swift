public import SwellPostgres

/// The table that the demo's workflow writes to: somebody's own, beside Swell's.
public enum DemoTable {
  private static let make = """
    CREATE SCHEMA IF NOT EXISTS swell_demo;
    CREATE TABLE IF NOT EXISTS swell_demo.file (run uuid NOT NULL, path text NOT NULL, lines integer NOT NULL, sha256 text NOT NULL)
    """

  private static let countStatement = Statement(
    "swell_demo_count",
    "SELECT count(*), count(DISTINCT f.path) FROM swell_demo.file AS f WHERE f.run = $1")

  public static func make(
    over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) {
    _ = try await connection.execute(script: make, within: limit)
  }

  public static func count(
    _ run: PostgresUUID, over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> (rows: Int, distinct: Int) {
    var p = Parameters()
    p.append(run)
    guard let row = try await connection.query(countStatement, p, within: limit).first else {
      return (0, 0)
    }
    return (Int(try row.int64(0)), Int(try row.int64(1)))
  }
}
