public import SwellModel
public import SwellPostgres

/// `swell.definition_v1`: a definition as it was applied.
public struct DefinitionCall: Sendable {
  public static let statement = Statement(
    "swell_definition_v1", "SELECT swell.definition_v1($1, $2)")

  public static func call(_ key: WorkflowKey) -> Call {
    var p = Parameters()
    p.append(key.name)
    p.append(Int32(clamping: key.version))
    return Call(statement, p)
  }

  /// The definition, or nil when there is no such version.
  public static func decode(_ rows: Rows) throws(PostgresError) -> Payload? {
    guard let row = rows.first, !row.isNull(0) else { return nil }
    return Payload(bytes: try row.json(0))
  }
}
