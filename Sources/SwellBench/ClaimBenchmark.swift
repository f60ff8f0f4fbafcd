import SwellPostgres
import SwellStore

/// What a claim of 100 runs costs with many rows around it, beside the same claim with 10,000 due
/// rows.
struct ClaimBenchmark: Sendable {
  var bench: Bench

  private static let few = 10_000
  private static let size = 100
  private static let claims = 60

  func run(_ name: BenchCase) async throws -> BenchResult {
    let connection = try await bench.prepare(Workload.single.definition)
    let rows = bench.options.rows
    try await fill(BenchSQL.dueRows, Self.few, connection)
    let limit = try await claims(over: connection)
    try await bench.script(BenchSQL.emptyRuns, connection)
    switch name {
    case .claimFuture: try await fill(BenchSQL.futureRows, rows, connection)
    case .claimPaused: try await fill(BenchSQL.pausedRows, rows, connection)
    case .claimForeign: try await fill(BenchSQL.foreignRows, rows, connection)
    default: break
    }
    try await fill(BenchSQL.dueRows, name == .claimDue ? rows : Self.few, connection)
    let histogram = try await claims(over: connection)
    await connection.close()
    return BenchResult(
      name: name.rawValue, workers: 1, value: histogram.percentile(50), unit: "ms p50",
      limit: limit.percentile(50), latency: histogram.latency, more: [("rows", Double(rows))])
  }

  private func fill(
    _ statement: Statement, _ count: Int, _ connection: PostgresConnection
  ) async throws {
    var p = Parameters()
    p.append(Int32(count))
    p.append(json: Array(Bench.input.utf8))
    _ = try await connection.query(statement, p, within: .seconds(900))
    try await bench.script("VACUUM ANALYZE swell.ready", connection)
  }

  private func claims(over connection: PostgresConnection) async throws -> LatencyHistogram {
    let probe = try await ClaimProbe.make(over: connection)
    var bound: Int64 = 0
    var histogram = LatencyHistogram()
    for turn in 0..<Self.claims + 5 {
      let claim = try await probe.claim(Self.size, bound: bound, over: connection)
      guard claim.runs.count == Self.size else {
        throw WorkerFleet.Failure(description: "a claim brought \(claim.runs.count) runs")
      }
      bound = claim.runs.map(\.dueAt).max() ?? bound
      // The first ones make plans and fill caches.
      if turn >= 5 { histogram.record(microseconds: claim.microseconds) }
    }
    return histogram
  }
}
