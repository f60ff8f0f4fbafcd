public import SwellModel

/// A message to a run that it has not used up.
public struct Message: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// `swell.signal`: under a name.
    case signal(name: String)
    /// `swell.approve` and `swell.reject`: the answer to a node.
    case answer(node: String, isYes: Bool, comment: String?)
    /// The end of a child run.
    case childEnd(ChildEnd)
  }

  /// How a child run ended, and what of its parent waited for it.
  public struct ChildEnd: Sendable, Hashable {
    public var node: String
    public var item: Int
    public var iteration: Int
    public var attempt: Int
    public var run: String
    public var state: RunEnd.State
    /// Whether it gave nothing, since what it was to execute was skipped.
    public var isAbsent: Bool

    public init(
      node: String, item: Int, iteration: Int, attempt: Int, run: String, state: RunEnd.State,
      isAbsent: Bool = false
    ) {
      self.node = node
      self.item = item
      self.iteration = iteration
      self.attempt = attempt
      self.run = run
      self.state = state
      self.isAbsent = isAbsent
    }
  }

  public var id: Int64
  public var kind: Kind
  public var payload: Payload
  public var sender: String

  public init(id: Int64, kind: Kind, payload: Payload, sender: String) {
    self.id = id
    self.kind = kind
    self.payload = payload
    self.sender = sender
  }
}
