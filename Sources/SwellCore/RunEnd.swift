public import SwellModel

/// How a run ended.
public struct RunEnd: Sendable, Hashable {
  public enum State: String, Sendable, Hashable {
    case succeeded, failed, cancelled
  }

  public var state: State
  public var output: Payload?
  public var error: Payload?

  public init(state: State, output: Payload?, error: Payload?) {
    self.state = state
    self.output = output
    self.error = error
  }
}
