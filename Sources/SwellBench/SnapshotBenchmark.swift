import SwellModel
import SwellPostgres
import SwellStore

/// 1,000 runs a second while somebody holds a snapshot, so that no dead row can be removed: what of
/// the load is done, how long runs take, and what a claim costs, at the beginning and at the end.
struct SnapshotBenchmark: Sendable {
  var bench: Bench

  private static let rate = 1_000.0

  func run() async throws -> BenchResult {
    let connection = try await bench.prepare(Workload.single.definition)
    let hold = bench.options.hold
    let probing = try await bench.connect()
    let holder = try await bench.connect()
    let result = try await bench.withFleet(1, over: connection) { fleet in
      let free = try await load(min(5, hold / 2), fleet, connection, probing)
      try await bench.script(BenchSQL.holdSnapshot, holder)
      let held = try await load(hold, fleet, connection, probing)
      return (free: free, held: held)
    }
    let dead = try await connection.query(BenchSQL.deadRows, within: .seconds(10)).first?.int64(0)
    for connection in [connection, probing, holder] { await connection.close() }
    return BenchResult(
      name: BenchCase.snapshot.rawValue, workers: 1, value: result.held.rate, unit: "runs/s",
      limit: Self.rate, latency: result.held.latency,
      more: [
        ("held_s", hold), ("dead_rows", Double(dead ?? 0)),
        ("free_p50_ms", result.free.latency?.p50 ?? 0),
        ("free_p99_ms", result.free.latency?.p99 ?? 0),
        ("claim_free_ms", result.free.claim), ("claim_held_ms", result.held.claim),
        ("claim_unbounded_free_ms", result.free.unbounded),
        ("claim_unbounded_held_ms", result.held.unbounded),
      ])
  }

  private struct Load {
    var rate: Double
    /// Of the last third.
    var latency: BenchResult.Latency?
    /// Medians at the end, in milliseconds.
    var claim: Double
    var unbounded: Double
  }

  private func load(
    _ seconds: Double, _ fleet: WorkerFleet, _ connection: PostgresConnection,
    _ probing: PostgresConnection
  ) async throws -> Load {
    let before = fleet.ended
    let begin = WallClock.microseconds()
    _ = try await bench.sendOpenLoop(rate: Self.rate, seconds: seconds, over: connection)
    let done = fleet.ended - before
    let elapsed = Double(WallClock.microseconds() - begin) / 1e6
    let late = begin + Int64(seconds * 2 / 3 * 1e6)
    let latency = try await bench.latencies(BenchSQL.endToEnd, since: late, over: connection)
      .latency
    // One that is fresh: who has not beaten for ten seconds is given up and claims nothing.
    let probe = try await ClaimProbe.make(over: probing)
    var bounded = LatencyHistogram()
    var unbounded = LatencyHistogram()
    for _ in 0..<15 {
      let bound = WallClock.microseconds() - 50_000
      let near = try await probe.claim(1, bound: bound, over: probing)
      try await probe.release(near.runs, over: probing)
      bounded.record(microseconds: near.microseconds)
      let all = try await probe.claim(1, bound: 0, over: probing)
      try await probe.release(all.runs, over: probing)
      unbounded.record(microseconds: all.microseconds)
    }
    return Load(
      rate: Double(done) / elapsed, latency: latency, claim: bounded.percentile(50),
      unbounded: unbounded.percentile(50))
  }
}
