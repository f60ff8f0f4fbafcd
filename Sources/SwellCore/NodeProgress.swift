public import SwellModel

/// What a worker knows of one node of a run that it holds.
public struct NodeProgress: Sendable {
  public enum Status: Sendable, Equatable {
    /// Its needs have not ended, or it is not called for.
    case idle
    /// Ready, and to be executed.
    case due
    /// An attempt is in flight.
    case running
    /// The last attempt failed; the next one is due at the moment.
    case retrying(Moment)
    /// The circuit is open; it is looked at again at the moment.
    case parked(Moment)
    /// A control node waits: for the moment, for a message, or for what comes first.
    case waiting(until: Moment?)
    /// Its items or iterations are on their way.
    case repeating
    case succeeded, failed, cancelled, skipped

    /// Whether nothing more happens to the node by itself.
    public var hasEnded: Bool {
      switch self {
      case .succeeded, .failed, .cancelled, .skipped: true
      case .idle, .due, .running, .retrying, .parked, .waiting, .repeating: false
      }
    }
  }

  public var status: Status = .idle
  /// The number of the last attempt that was started, counted from 1 over the whole life.
  public var attempt = 0
  /// The attempt after which the retry budget begins: 0, or what `swell.retry` set.
  public var retriesFrom = 0
  public var wave = 0
  public var output: Payload?
  /// The last error as it is stored; kept while the node retries, too.
  public var error: Payload?
  /// Whether the node has a row in the table already, so that the next one is an update.
  public var isStored = false

  /// Whether its `when` was found true.
  var isCleared = false
  /// Of one that has succeeded: where its control edges lead that were taken.
  var taken: [Int] = []
  /// How many of its needs, in their order, are known to have ended.
  var needsEnded = 0

  public init() {}
}
