public import SwellModel
public import SwellPostgres

/// `swell.cancel`, `retry`, `pause`, `resume`, `signal`, `approve`, `reject` and `explain`, as operators
/// call them.
public enum OperatorCall {
  private static let cancelStatement = Statement(
    "swell_cancel", "SELECT swell.cancel($1, $2)::text")
  private static let retryStatement = Statement("swell_retry", "SELECT swell.retry($1, $2)::text")
  private static let pauseStatement = Statement("swell_pause", "SELECT swell.pause($1, $2)::text")
  private static let resumeStatement = Statement(
    "swell_resume", "SELECT swell.resume($1, $2)::text")
  private static let explainStatement = Statement("swell_explain", "SELECT swell.explain($1)")

  private static let signalStatement = Statement(
    "swell_signal", "SELECT swell.signal($1, $2, $3)::text")
  private static let approveStatement = Statement(
    "swell_approve", "SELECT swell.approve($1, $2, $3)::text")
  private static let rejectStatement = Statement(
    "swell_reject", "SELECT swell.reject($1, $2, $3)::text")

  /// Sends a signal to a run.
  public static func signal(
    _ run: PostgresUUID, name: String, payload: Payload, over connection: PostgresConnection,
    within limit: Duration
  ) async throws(PostgresError) {
    var p = Parameters()
    p.append(run)
    p.append(name)
    p.append(json: payload.bytes)
    _ = try await connection.query(signalStatement, p, within: limit)
  }

  /// Answers a node that asks for approval.
  public static func answer(
    _ run: PostgresUUID, node: String, isYes: Bool, comment: String?,
    over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) {
    var p = Parameters()
    p.append(run)
    p.append(node)
    p.append(comment)
    _ = try await connection.query(
      isYes ? approveStatement : rejectStatement, p, within: limit)
  }

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

  public static func pause(
    _ run: PostgresUUID, reason: String?, over connection: PostgresConnection,
    within limit: Duration
  ) async throws(PostgresError) {
    _ = try await connection.query(pauseStatement, parameters(run, reason), within: limit)
  }

  public static func resume(
    _ run: PostgresUUID, reason: String?, over connection: PostgresConnection,
    within limit: Duration
  ) async throws(PostgresError) {
    _ = try await connection.query(resumeStatement, parameters(run, reason), within: limit)
  }

  /// Why a run is not running, in words: a line for each thing that it waits for.
  public static func explain(
    _ run: PostgresUUID, over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> [String] {
    var p = Parameters()
    p.append(run)
    let rows = try await connection.query(explainStatement, p, within: limit)
    guard let row = rows.first else { return [] }
    return try row.string(0).split(separator: "\n").map(String.init)
  }

  private static func parameters(_ run: PostgresUUID, _ reason: String?) -> Parameters {
    var p = Parameters()
    p.append(run)
    p.append(reason)
    return p
  }
}
