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
  /// Stopped because the run is ending.
  indirect case cancelled(NodeError)
  /// Has nothing to read.
  case skipped
}
