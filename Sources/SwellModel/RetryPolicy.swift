/// When, and how often, a node that failed with a retryable error is tried again.
public struct RetryPolicy: Sendable, Hashable {
  public enum Strategy: String, Sendable, Hashable, CaseIterable {
    case none, fixed, exponential
  }

  public enum Jitter: String, Sendable, Hashable, CaseIterable {
    /// The delay as computed.
    case none
    /// Between nothing and the delay as computed.
    case full
    /// Between half of the delay and the delay as computed.
    case equal
  }

  public var strategy: Strategy
  public var maxRetries: Int
  public var baseDelay: Duration
  public var maxDelay: Duration
  public var multiplier: Double
  public var jitter: Jitter

  public init(
    strategy: Strategy, maxRetries: Int, baseDelay: Duration, maxDelay: Duration,
    multiplier: Double, jitter: Jitter = .none
  ) {
    self.strategy = strategy
    self.maxRetries = maxRetries
    self.baseDelay = baseDelay
    self.maxDelay = maxDelay
    self.multiplier = multiplier
    self.jitter = jitter
  }

  /// No retry at all.
  public static let none = RetryPolicy(
    strategy: .none, maxRetries: 0, baseDelay: .zero, maxDelay: .zero, multiplier: 1)

  /// Three retries, after 100, 200 and 400 ms: what a node gets when nothing is said.
  public static let standard = exponential()

  public static func fixed(
    delay: Duration, maxRetries: Int = 3, jitter: Jitter = .none
  ) -> RetryPolicy {
    RetryPolicy(
      strategy: .fixed, maxRetries: maxRetries, baseDelay: delay, maxDelay: delay,
      multiplier: 1, jitter: jitter)
  }

  public static func exponential(
    baseDelay: Duration = .milliseconds(100), maxDelay: Duration = .seconds(60),
    multiplier: Double = 2, maxRetries: Int = 3, jitter: Jitter = .none
  ) -> RetryPolicy {
    RetryPolicy(
      strategy: .exponential, maxRetries: maxRetries, baseDelay: baseDelay, maxDelay: maxDelay,
      multiplier: multiplier, jitter: jitter)
  }

  /// The delay before a retry, or nil when the policy allows no more.
  ///
  /// - Parameters:
  ///   - retry: which retry this would be, counted from 1.
  ///   - random: a number from 0 up to but not including 1; only jitter reads it.
  public func delay(beforeRetry retry: Int, random: Double) -> Duration? {
    guard strategy != .none, retry >= 1, retry <= maxRetries else { return nil }
    var seconds = max(baseDelay.seconds, 0)
    if strategy == .exponential {
      let limit = max(maxDelay.seconds, 0)
      for _ in 1..<retry where seconds < limit && seconds > 0 { seconds *= multiplier }
      // The limit comes second: a product that is not a number gives way to it.
      seconds = seconds < limit ? max(seconds, 0) : limit
    }
    switch jitter {
    case .none: break
    case .full: seconds *= random
    case .equal: seconds = seconds / 2 + seconds / 2 * random
    }
    return .microseconds(Int64(exactly: (seconds * 1_000_000).rounded()) ?? .max)
  }
}
