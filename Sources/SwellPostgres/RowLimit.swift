/// How much the rows of statements may be, all together: what is beyond it is not received.
public struct RowLimit: Sendable, Hashable {
  public var rows: Int
  /// Of the values as text.
  public var bytes: Int

  public init(rows: Int, bytes: Int) {
    self.rows = rows
    self.bytes = bytes
  }
}
