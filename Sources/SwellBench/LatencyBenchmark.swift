import SwellModel
import SwellPostgres
import SwellStore

/// How soon an idle worker starts what is enqueued, and how exactly a retry keeps its time. Both
/// are taken from the handler's own clock.
struct LatencyBenchmark: Sendable {
  var bench: Bench

  func pickUp() async throws -> BenchResult {
    let connection = try await bench.prepare("workflow: bench\nnodes:\n  a: {handler: stamp}\n")
    let count = max(50, Int(bench.options.seconds * 40))
    let histogram = try await bench.withFleet(1, over: connection) { fleet in
      var generator = SystemRandomNumberGenerator()
      // The first ones warm up what is loaded once.
      for place in 0..<count + 20 {
        var p = Parameters()
        p.append(json: Array(Bench.input(at: WallClock.microseconds()).utf8))
        _ = try await connection.query(BenchSQL.enqueueOne, p, within: .seconds(10))
        try await fleet.waitUntilEnded(place + 1, within: .seconds(30))
        try await Task.sleep(for: .milliseconds(Int.random(in: 5...40, using: &generator)))
      }
      return try await bench.latencies(BenchSQL.pickUp, since: 20, over: connection)
    }
    let bare = try await bareWake(max(50, count / 2))
    await connection.close()
    return BenchResult(
      name: BenchCase.pickUp.rawValue, workers: 1, value: histogram.percentile(50), unit: "ms p50",
      limit: bare.percentile(50), latency: histogram.latency,
      more: [("limit_p99_ms", bare.percentile(99))])
  }

  /// INSERT with NOTIFY on one connection, the claiming UPDATE on another.
  private func bareWake(_ count: Int) async throws -> LatencyHistogram {
    let sender = try await bench.connect()
    let listener = try await bench.connect()
    _ = try await listener.execute(script: BareSQL.listen, within: .seconds(10))
    var notifications = listener.notifications().makeAsyncIterator()
    var histogram = LatencyHistogram()
    for _ in 0..<count {
      var p = Parameters()
      let sent = WallClock.microseconds()
      p.append(json: Array(Bench.input(at: sent).utf8))
      _ = try await sender.query(BareSQL.insertAndNotify, p, within: .seconds(10))
      guard await notifications.next() != nil else { break }
      _ = try await listener.query(BareSQL.claimNewest, within: .seconds(10))
      histogram.record(microseconds: WallClock.microseconds() - sent)
      try await Task.sleep(for: .milliseconds(10))
    }
    await sender.close()
    await listener.close()
    return histogram
  }

  func retry() async throws -> BenchResult {
    let connection = try await bench.prepare(
      """
      workflow: bench
      nodes:
        a: {handler: stamp_retry, retry: {strategy: fixed, delay: 100ms, maxRetries: 3}}
      """)
    try await bench.script(BenchSQL.keepRetryTimes, connection)
    let seconds = bench.options.seconds
    let histogram = try await bench.withFleet(1, over: connection) { fleet in
      let count = try await bench.sendOpenLoop(rate: 50, seconds: seconds, over: connection)
      try await fleet.waitUntilEnded(count, within: .seconds(60))
      return try await bench.latencies(BenchSQL.retryLateness, since: 0, over: connection)
    }
    let early = try await connection.query(BenchSQL.earlyRetries, within: .seconds(30))
      .first?.int64(0)
    await connection.close()
    return BenchResult(
      name: BenchCase.retry.rawValue, workers: 1, value: histogram.percentile(99),
      unit: "ms late p99",
      latency: histogram.latency,
      more: [("retries", Double(histogram.count)), ("early", Double(early ?? 0))])
  }
}
