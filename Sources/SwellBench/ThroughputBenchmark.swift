import SwellModel
import SwellPostgres
import SwellStore

/// How many runs a second of one graph, by one and by several worker processes; what a run costs;
/// and how long a run takes from end to end at half of that load.
struct ThroughputBenchmark: Sendable {
  var bench: Bench
  var name: String
  var workload: Workload

  func run() async throws -> [BenchResult] {
    var results: [BenchResult] = []
    var limit: Double?
    for workers in bench.options.workers {
      let connection = try await bench.prepare(workload.definition)
      // The first runs say how many fill the time; the others are those that count.
      let small = max(10, 4_000 / workload.nodes)
      let warm = try await drain(small, workers: workers, over: connection)
      let count = min(400_000, max(small, Int(warm.value * bench.options.seconds)))
      var result = try await drain(count, workers: workers, over: connection)
      let rate = result.value / 2
      result.latency = try await latency(at: rate, workers: workers, over: connection)
      result.more.append(("latency_at_rate", rate))
      await connection.close()
      if limit == nil { limit = try await BareLimit(bench: bench, workload: workload).run(count) }
      result.limit = limit
      results.append(result)
    }
    return results
  }

  /// Puts so many runs into closed lanes, opens them once the workers are there, and waits.
  private func drain(
    _ count: Int, workers: Int, over connection: PostgresConnection
  ) async throws -> BenchResult {
    try await bench.script(BenchSQL.closeLanes, connection)
    // Before the backlog: a run is rarely older than the last checkpoint when it executes.
    try await bench.script("CHECKPOINT", connection)
    var p = Parameters()
    p.append(Int32(count))
    p.append(json: Array(Bench.input.utf8))
    _ = try await connection.query(BareSQL.fill, p, within: .seconds(300))
    try await bench.script("VACUUM ANALYZE swell.ready", connection)
    let before = try await ServerCounts.read(over: connection)
    let measured = try await bench.withFleet(workers, over: connection) { fleet in
      let server = bench.postmaster.flatMap(ProcessorTime.seconds(ofServer:))
      let client = fleet.processorSeconds
      let statements = fleet.statements
      try await bench.script(BenchSQL.openLanes, connection)
      try await fleet.waitUntilEnded(count, within: .seconds(600))
      let serverEnd = bench.postmaster.flatMap(ProcessorTime.seconds(ofServer:))
      let clientEnd = fleet.processorSeconds
      let span = fleet.span
      return (
        rate: Double(count) / max(1e-6, Double(span.last - span.first) / 1e6),
        client: client.flatMap { begin in clientEnd.map { $0 - begin } },
        server: server.flatMap { begin in serverEnd.map { $0 - begin } },
        statements: fleet.statements - statements
      )
    }
    let after = try await ServerCounts.read(over: connection)
    let pageImages = try await bench.pageImages(before.wal, after.wal, over: connection)
    let steps = Double(count * workload.waves)
    return BenchResult(
      name: name, workers: workers, value: measured.rate, unit: "runs/s",
      cost: .init(
        client: measured.client.map { $0 * 1e6 / steps },
        server: measured.server.map { $0 * 1e6 / steps },
        statements: Double(measured.statements) / Double(count),
        commits: Double(after.commits - before.commits) / Double(count),
        wal: Double(after.wal - before.wal) / Double(count),
        walPerStep: Double(after.wal - before.wal) / steps,
        pageImages: pageImages.map { Double($0) / steps }))
  }

  private func latency(
    at rate: Double, workers: Int, over connection: PostgresConnection
  ) async throws -> BenchResult.Latency? {
    try await bench.script(BenchSQL.openLanes, connection)
    return try await bench.withFleet(workers, over: connection) { fleet in
      let seconds = max(2, bench.options.seconds / 2)
      // The first half second warms plans and caches up.
      let warm = try await bench.sendOpenLoop(rate: rate, seconds: 0.5, over: connection)
      let begin = WallClock.microseconds()
      let count = try await bench.sendOpenLoop(rate: rate, seconds: seconds, over: connection)
      try await fleet.waitUntilEnded(warm + count, within: .seconds(120))
      return try await bench.latencies(BenchSQL.endToEnd, since: begin, over: connection).latency
    }
  }
}
