import SwellModel
import Testing

struct RetryPolicyTests {
  @Test func `delays double up to the longest, and end with the retries`() {
    let policy = RetryPolicy.exponential(maxDelay: .milliseconds(300))
    let delays = (0...4).map { policy.delay(beforeRetry: $0, random: 0.5) }
    #expect(delays == [nil, .milliseconds(100), .milliseconds(200), .milliseconds(300), nil])
    #expect(RetryPolicy.none.delay(beforeRetry: 1, random: 0) == nil)
  }

  @Test func `no policy crashes on its thousandth retry`() {
    for base: Duration in [.zero, .seconds(-1), .milliseconds(1), .seconds(Int64.max)] {
      for multiplier in [0, 1, 1e300, -.infinity, .nan] {
        let policy = RetryPolicy.exponential(
          baseDelay: base, maxDelay: .seconds(Int64.max), multiplier: multiplier, maxRetries: 5000)
        #expect((policy.delay(beforeRetry: 5000, random: 0) ?? .seconds(-1)) >= .zero)
      }
    }
  }

  @Test func `jitter stays within its range`() {
    let full = RetryPolicy.fixed(delay: .seconds(1), jitter: .full)
    let equal = RetryPolicy.fixed(delay: .seconds(1), jitter: .equal)
    #expect(full.delay(beforeRetry: 1, random: 0) == .zero)
    #expect(full.delay(beforeRetry: 1, random: 0.25) == .milliseconds(250))
    #expect(equal.delay(beforeRetry: 1, random: 0) == .milliseconds(500))
    #expect(equal.delay(beforeRetry: 1, random: 0.5) == .milliseconds(750))
  }

  @Test func `microseconds that do not fit are the longest that do`() {
    #expect(Duration.seconds(Int64.max).microseconds == .max)
    #expect(Duration.seconds(Int64.min).microseconds == .min)
    #expect(Duration.microseconds(-1_500_001).microseconds == -1_500_001)
  }
}
