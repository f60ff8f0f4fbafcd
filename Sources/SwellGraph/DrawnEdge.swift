/// A line of a drawing.
public struct DrawnEdge: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The second node reads what the first one gave.
    case data
    /// The second node runs only if the first one leads to it.
    case control
    /// The second node stands in for the first one.
    case fallback
    /// The node runs after a failure that nothing handled.
    case onError = "on error"
  }

  /// The index of a node; nil for a failure of the run.
  public var from: Int?
  public var to: Int
  public var kind: Kind
  /// Of a control edge, when it is taken: `then`, `otherwise`, or a condition.
  public var label: String?
}
