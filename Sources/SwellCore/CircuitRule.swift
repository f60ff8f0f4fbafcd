import SwellModel

/// When a circuit opens and closes: the pure twin of `swell.count_circuit`, with the same table
/// of cases in the tests.
public struct CircuitRule: Sendable, Hashable {
  public var consecutiveFailures: Int
  public var openedAt: Moment?
  public var openUntil: Moment?

  public static let threshold = 5
  public static let openPeriod = Duration.seconds(30)

  public init(consecutiveFailures: Int = 0, openedAt: Moment? = nil, openUntil: Moment? = nil) {
    self.consecutiveFailures = consecutiveFailures
    self.openedAt = openedAt
    self.openUntil = openUntil
  }

  /// Counts what a batch saw.
  ///
  /// - Parameters:
  ///   - failures: retryable failures since the last success that the batch saw.
  ///   - succeeded: whether the batch saw a success.
  public mutating func count(failures: Int, succeeded: Bool, now: Moment) {
    if failures == 0 {
      if succeeded { self = CircuitRule() }
      return
    }
    consecutiveFailures = failures + (succeeded ? 0 : consecutiveFailures)
    guard consecutiveFailures >= Self.threshold else {
      openedAt = nil
      openUntil = nil
      return
    }
    openedAt = succeeded ? now : openedAt ?? now
    openUntil = now + Self.openPeriod
  }
}
