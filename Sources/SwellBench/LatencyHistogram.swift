import Histogram

/// Latencies in microseconds, up to an hour, to three significant digits.
struct LatencyHistogram {
  private var histogram = Histogram<UInt64>(
    lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: .three)

  mutating func record(microseconds: Int64) {
    _ = histogram.record(UInt64(max(1, min(microseconds, 3_600_000_000))))
  }

  var count: Int { Int(histogram.totalCount) }

  /// Milliseconds.
  func percentile(_ percentile: Double) -> Double {
    Double(histogram.valueAtPercentile(percentile)) / 1000
  }

  var latency: BenchResult.Latency? {
    guard count > 0 else { return nil }
    return .init(p50: percentile(50), p95: percentile(95), p99: percentile(99))
  }
}
