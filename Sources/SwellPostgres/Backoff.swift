/// Pauses between attempts to reconnect: none before the first, then full jitter, a random
/// part of a limit that doubles, so that many clients of one restarted server spread out.
public struct Backoff: Sendable {
  public let base: Duration
  public let cap: Duration
  private var failures = 0

  public init(base: Duration = .milliseconds(50), cap: Duration = .seconds(5)) {
    self.base = base
    self.cap = cap
  }

  /// The pause before the next attempt.
  public mutating func next() -> Duration {
    var generator = SystemRandomNumberGenerator()
    return next(using: &generator)
  }

  public mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
    defer { failures += 1 }
    guard failures > 0 else { return .zero }
    let limit = min(cap, base * (1 << min(failures - 1, 20)))
    return limit * Double.random(in: 0...1, using: &generator)
  }

  /// Begins anew, after an attempt that succeeded.
  public mutating func reset() {
    failures = 0
  }
}
