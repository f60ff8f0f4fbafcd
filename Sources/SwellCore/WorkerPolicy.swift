public import SwellModel

/// What holds for nodes about which neither they nor their workflow say anything.
public struct WorkerPolicy: Sendable, Hashable {
  public var retry: RetryPolicy
  /// The longest that one attempt may take.
  public var timeout: Duration

  public init(retry: RetryPolicy = .standard, timeout: Duration = .seconds(30)) {
    self.retry = retry
    self.timeout = timeout
  }
}
