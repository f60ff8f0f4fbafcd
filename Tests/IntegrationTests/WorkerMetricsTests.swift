import Testing

@testable import SwellEngine

@Suite struct WorkerMetricsTests {
  /// A closure that is kept under a lock can be wrapped once more at each look, until calling it
  /// overflows the stack.
  @Test func `the counts can be asked for as often as one likes`() {
    let metrics = WorkerMetrics()
    metrics.count(statements: { 7 })
    for _ in 0..<300_000 { _ = metrics.now }
    #expect(metrics.now.statements == 7)
  }
}
