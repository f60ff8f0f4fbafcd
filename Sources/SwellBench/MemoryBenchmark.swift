import SwellPostgres
import SwellStore

/// The memory of a worker process with 10,000 handlers that have begun and not ended, beside its
/// memory when it is idle.
struct MemoryBenchmark: Sendable {
  var bench: Bench

  private static let nodes = 10_000

  func run() async throws -> BenchResult {
    let connection = try await bench.prepare("workflow: bench\nnodes:\n  a: {handler: hold}\n")
    let memory = try await bench.withFleet(1, concurrency: Self.nodes, over: connection) { fleet in
      let pid = fleet.workers[0].pid
      let idle = ProcessorTime.residentBytes(of: pid)
      var p = Parameters()
      p.append(Int32(Self.nodes))
      p.append(json: Array(Bench.input.utf8))
      _ = try await connection.query(BareSQL.fill, p, within: .seconds(60))
      try await fleet.wait("\(Self.nodes) nodes are in flight", within: .seconds(60)) {
        $0.inFlight >= Self.nodes
      }
      try await Task.sleep(for: .seconds(1))
      return (idle: idle, full: ProcessorTime.residentBytes(of: pid))
    }
    await connection.close()
    guard let full = memory.full else {
      throw WorkerFleet.Failure(description: "this system does not tell the memory of a process")
    }
    return BenchResult(
      name: BenchCase.memory.rawValue, workers: 1, value: full / 1_048_576, unit: "MiB",
      limit: memory.idle.map { $0 / 1_048_576 })
  }
}
