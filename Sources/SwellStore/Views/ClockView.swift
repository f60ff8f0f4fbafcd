public import SwellPostgres

/// The clock that all times of Swell are read from.
public enum ClockView {
  private static let statement = Statement("swell_view_clock", "SELECT swell.now()")

  public static func now(
    over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> DatabaseTime {
    guard let row = try await connection.query(statement, within: limit).first else {
      throw PostgresError(code: .decoding, "swell.now returned no row")
    }
    return try row.time(0)
  }
}
