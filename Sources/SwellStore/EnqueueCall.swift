public import SwellModel
public import SwellPostgres

/// `swell.enqueue`, as applications call it.
public enum EnqueueCall {
  public static let statement = Statement(
    "swell_enqueue",
    """
    SELECT swell.enqueue($1, $2, $3, $4,
      CASE WHEN $5::float8 IS NOT NULL THEN swell.now() + $5 * interval '1 microsecond' END, $6, $7, $8, $9, $10)
    """)

  public static func enqueue(
    _ workflow: String, _ input: Payload, _ options: EnqueueOptions,
    over connection: PostgresConnection, within limit: Duration
  ) async throws(PostgresError) -> PostgresUUID {
    var p = Parameters()
    p.append(workflow)
    p.append(json: input.bytes)
    p.append(options.queue)
    p.append(Int32(clamping: options.priority))
    p.append(options.delay.map { Double($0.microseconds) })
    p.append(options.idempotencyKey)
    p.append(json: options.tags?.bytes)
    p.append(options.version.map { Int32(clamping: $0) })
    p.append(options.runID)
    p.append(options.trace)
    let rows = try await connection.query(statement, p, within: limit)
    guard let row = rows.first else {
      throw PostgresError(code: .decoding, "enqueue returned no row")
    }
    return try row.uuid(0)
  }
}
