public import SwellModel

/// What the end of an attempt means for its node.
public enum Outcome: Sendable {
  case succeeded(Payload)
  /// Failed for good; a fallback may stand in.
  indirect case failed(NodeError)
  /// Failed, and tried again at the moment.
  indirect case retry(NodeError, at: Moment)
  /// Not executed, since its circuit is open; looked at again at the moment. Uses no retry.
  indirect case waiting(NodeError, until: Moment)
  /// A control node that waits: for the moment, for a message, or for what comes first. What it asks
  /// is kept as its input.
  case asleep(until: Moment?, asks: Payload?)
  /// Stopped because the run is ending.
  indirect case cancelled(NodeError)
  /// Has nothing to read.
  case skipped
}
