public import SwellModel

/// A message to a run that it has not used up.
public struct Message: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// `swell.signal`: under a name.
    case signal(name: String)
    /// `swell.approve` and `swell.reject`: the answer to a node.
    case answer(node: String, isYes: Bool, comment: String?)
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
