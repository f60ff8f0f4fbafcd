public import SwellModel

/// What holds for nodes about which neither they nor their workflow say anything.
public struct WorkerPolicy: Sendable, Hashable {
  public var retry: RetryPolicy
  /// The longest that one attempt may take.
  public var timeout: Duration

  /// The largest output of a node, in bytes of JSON.
  public var maxOutputBytes: Int

  public init(
    retry: RetryPolicy = .standard, timeout: Duration = .seconds(30), maxOutputBytes: Int = 1 << 20
  ) {
    self.retry = retry
    self.timeout = timeout
    self.maxOutputBytes = maxOutputBytes
  }
}
