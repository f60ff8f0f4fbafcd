public import SwellModel

/// Something that reaches the run from outside.
public struct TrialMessage: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    /// `swell.signal`.
    case signal(name: String, payload: Payload)
    /// `swell.approve` or `swell.reject`.
    case answer(node: String, isYes: Bool, comment: String?)
    /// `swell.cancel`.
    case cancel(reason: String?)
  }

  public enum Time: Sendable, Hashable {
    /// So long after something of the run began to wait for it.
    case afterAsked(Duration)
    /// So long after the run began, whether anything waits for it or not.
    case at(Duration)
  }

  public var content: Content
  public var time: Time
  /// Who sends it.
  public var sender: String

  public init(_ content: Content, _ time: Time, sender: String = "tester") {
    self.content = content
    self.time = time
    self.sender = sender
  }
}
