import SwellPostgres

/// How many statements a second a worker sends that has nothing to do, alone and among others.
struct IdleBenchmark: Sendable {
  var bench: Bench

  func run() async throws -> BenchResult {
    let connection = try await bench.prepare(Workload.single.definition)
    let alone = try await rate(of: 1, over: connection)
    let among = try await rate(of: 3, over: connection)
    await connection.close()
    return BenchResult(
      name: BenchCase.idle.rawValue, workers: 1, value: alone, unit: "statements/s",
      more: [("among_three", among)])
  }

  private func rate(of count: Int, over connection: PostgresConnection) async throws -> Double {
    try await bench.withFleet(count, over: connection) { fleet in
      // Its looks have become rare by then.
      try await Task.sleep(for: .seconds(4))
      let before = fleet.statements
      let seconds = 10.0
      try await Task.sleep(for: .seconds(seconds))
      return Double(fleet.statements - before) / seconds / Double(count)
    }
  }
}
