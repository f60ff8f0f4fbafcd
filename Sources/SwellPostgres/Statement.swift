/// A statement of static text, prepared under its name on first use of each connection.
///
/// The preparation travels with the first execution and costs no round trip of its own. A
/// statement without a name is parsed each time.
public struct Statement: Sendable, Hashable {
  public let name: String
  public let sql: String

  public init(_ name: String, _ sql: String) {
    self.name = name
    self.sql = sql
  }
}
