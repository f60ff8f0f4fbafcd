/// What a type is made of, where its text alone does not say.
public struct PostgresType: Sendable, Hashable {
  public enum Form: Sendable, Hashable {
    /// A value of its own, such as a number or an enumeration.
    case plain
    case domain(of: UInt32)
    case array(of: UInt32, delimiter: UInt8)
  }

  public var oid: UInt32
  public var form: Form

  /// Looks types up.
  public static func find(
    _ types: [UInt32], in transaction: PostgresTransaction, within limit: Duration
  ) async throws(PostgresError) -> [PostgresType] {
    var parameters = Parameters()
    parameters.append(array: types.map(Int64.init))
    let rows = try await transaction.query(statement, parameters, within: limit)
    var found: [PostgresType] = []
    for row in rows {
      let oid = UInt32(clamping: try row.int64(0))
      if let base = try row.optionalInt64(1) {
        found.append(PostgresType(oid: oid, form: .domain(of: UInt32(clamping: base))))
      } else if let element = try row.optionalInt64(2) {
        let delimiter = try row.string(3).utf8.first ?? UInt8(ascii: ",")
        found.append(
          PostgresType(
            oid: oid, form: .array(of: UInt32(clamping: element), delimiter: delimiter)))
      } else {
        found.append(PostgresType(oid: oid, form: .plain))
      }
    }
    return found
  }

  private static let statement = Statement(
    "swell_types",
    """
    SELECT t.oid::bigint, CASE WHEN t.typtype = 'd' THEN t.typbasetype::bigint END, e.oid::bigint, e.typdelim::text
    FROM pg_catalog.pg_type AS t
    LEFT JOIN pg_catalog.pg_type AS e ON e.typarray = t.oid
    WHERE t.oid = ANY ($1::bigint[]::oid[])
    """)
}
