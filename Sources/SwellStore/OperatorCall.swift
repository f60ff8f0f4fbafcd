public import SwellPostgres

/// `swell.cancel` and `swell.retry`, as operators call them.
public enum OperatorCall {
  private static let cancelStatement = Statement(
    "swell_cancel", "SELECT swell.cancel($1, $2)::text")
  private static let retryStatement = Statement("swell_retry", "SELECT swell.retry($1, $2)::text")

  public static func cancel(
    _ run: PostgresUUID, reason: String?, over connection: PostgresConnection,
    within limit: Duration
  ) async throws(PostgresError) {
    _ = try await connection.query(cancelStatement, parameters(run, reason), within: limit)
  }

  public static func retry(
    _ run: PostgresUUID, reason: String?, over connection: PostgresConnection,
    within limit: Duration
  ) async throws(PostgresError) {
    _ = try await connection.query(retryStatement, parameters(run, reason), within: limit)
  }

  private static func parameters(_ run: PostgresUUID, _ reason: String?) -> Parameters {
    var p = Parameters()
    p.append(run)
    p.append(reason)
    return p
  }
}
