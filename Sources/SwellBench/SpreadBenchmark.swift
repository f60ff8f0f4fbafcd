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
      let jobs = try await seconds(
        Workload.single.definition, runs: Self.items, ending: Self.items, workers: count)
      let spread = try await seconds(
        Self.definition, runs: 1, ending: Self.items + 1, workers: count)
      var result = BenchResult(
        name: BenchCase.spread.rawValue, workers: count, value: Double(Self.items) / spread,
        unit: "items/s", limit: Double(Self.items) / jobs)
      result.more = [("seconds", spread)]
      results.append(result)
    }
    return results
  }

  /// Such maps, one after the other, while somebody holds a snapshot, so that each leaves its signals behind: the
  /// last one beside those before it was held.
  func runHeld() async throws -> BenchResult {
    let connection = try await bench.prepare(Self.definition)
    let holder = try await bench.connect()
    let result = try await bench.withFleet(1, over: connection) { fleet in
      var free = 0.0
      for _ in 0..<3 {
        free = try await executed(1, of: Self.items + 1, by: fleet, over: connection)
      }
      try await bench.script(BenchSQL.holdSnapshot, holder)
      let began = ContinuousClock.now
      var seconds: [Double] = []
      repeat {
        seconds.append(try await executed(1, of: Self.items + 1, by: fleet, over: connection))
      } while began.duration(to: .now) < .seconds(bench.options.hold)
      return BenchResult(
        name: BenchCase.heldSpread.rawValue, workers: 1,
        value: Double(Self.items) / (seconds.last ?? .infinity), unit: "items/s",
        limit: Double(Self.items) / free,
        more: [
          ("held_s", bench.options.hold), ("maps", Double(seconds.count)),
          ("first_held_items_per_s", Double(Self.items) / seconds[0]),
        ])
    }
    for connection in [connection, holder] { await connection.close() }
    return result
  }

  private func seconds(
    _ definition: String, runs: Int, ending count: Int, workers: Int
  ) async throws -> Double {
    let connection = try await bench.prepare(definition)
    let seconds = try await bench.withFleet(workers, over: connection) { fleet in
      try await executed(runs, of: count, by: fleet, over: connection)
    }
    await connection.close()
    return seconds
  }

  /// How many seconds it takes until so many runs, enqueued now, have ended, and their items.
  ///
  /// The workers say so: a look at the tables would read what a held snapshot keeps.
  private func executed(
    _ runs: Int, of count: Int, by fleet: WorkerFleet, over connection: PostgresConnection
  ) async throws -> Double {
    let before = fleet.ended
    var p = Parameters()
    p.append(Int32(runs))
    p.append(json: Array(Bench.input.utf8))
    let began = ContinuousClock.now
    _ = try await connection.query(BenchSQL.enqueueCopies, p, within: .seconds(60))
    try await fleet.waitUntilEnded(before + count, within: .seconds(120))
    return began.duration(to: .now) / .seconds(1)
  }
}
