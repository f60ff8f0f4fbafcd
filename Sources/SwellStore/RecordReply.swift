public import SwellPostgres

/// What a record returned.
public struct RecordReply: Sendable {
  /// Claims that are gone; nothing was stored for them.
  public var lost: [PostgresUUID]
  /// Claims whose row somebody holds locked; nothing was stored for them yet.
  public var busy: [PostgresUUID]
  public var signals: [SignalReport]
  public var circuits: [CircuitReport]

  public init(_ rows: Rows) throws(PostgresError) {
    guard let row = rows.first else {
      throw PostgresError(code: .decoding, "record_v1 returned no row")
    }
    lost = row.isNull(0) ? [] : try row.uuidArray(0)
    busy = row.isNull(1) ? [] : try row.uuidArray(1)
    signals = try SignalReport.decode(try row.optionalJSON(2))
    circuits = try CircuitReport.decode(try row.optionalJSON(3))
  }
}
