import SwellModel
import SwellPostgres
import SwellStore

/// A map of 10,000 items that are runs of their own, from its enqueue to its end, beside the same number
/// of runs that somebody enqueued.
struct SpreadBenchmark: Sendable {
  var bench: Bench

  private static let items = 10_000
  private static let definition = """
    workflow: bench
    nodes:
      a: {handler: noop}
      each: {map: {over: "${{ lists.range(10000) }}", spread: true}, handler: noop, needs: a}
    """

  func run() async throws -> [BenchResult] {
    var results: [BenchResult] = []
    for count in bench.options.workers {
      let jobs = try await seconds(Workload.single.definition, runs: Self.items, workers: count)
      let spread = try await seconds(Self.definition, runs: 1, workers: count)
      var result = BenchResult(
        name: BenchCase.spread.rawValue, workers: count, value: Double(Self.items) / spread,
        unit: "items/s", limit: Double(Self.items) / jobs)
      result.more = [("seconds", spread)]
      results.append(result)
    }
    return results
  }

  private func seconds(_ definition: String, runs: Int, workers: Int) async throws -> Double {
    let connection = try await bench.prepare(definition)
    let seconds = try await bench.withFleet(workers, over: connection) { _ in
      var p = Parameters()
      p.append(Int32(runs))
      p.append(json: Array(Bench.input.utf8))
      let began = ContinuousClock.now
      _ = try await connection.query(BenchSQL.enqueueCopies, p, within: .seconds(60))
      while try await connection.query(BenchSQL.live, within: .seconds(60)).first?.int64(0) != 0 {
        guard began.duration(to: .now) < .seconds(120) else {
          throw WorkerFleet.Failure(description: "the runs did not end within two minutes")
        }
        try await Task.sleep(for: .milliseconds(20))
      }
      return began.duration(to: .now) / .seconds(1)
    }
    await connection.close()
    return seconds
  }
}
