import SwellModel
import SwellPostgres
import SwellStore

/// The same rows by bare statements: claim, one insert and one update a wave, the end; batches over
/// two connections, each wave committed. No fence, no plan, no retry, nobody to take over.
struct BareLimit: Sendable {
  var bench: Bench
  var workload: Workload

  /// Returns runs a second.
  func run(_ count: Int) async throws -> Double {
    let connection = try await bench.connect()
    let widest = workload.layers.map(\.count).max() ?? 1
    let size = max(1, min(500, 2_000 / widest))
    try await bench.script(BareSQL.empty, connection)
    try await bench.script("CHECKPOINT", connection)
    var p = Parameters()
    p.append(Int32(count))
    p.append(json: Array(Bench.input.utf8))
    p.append(Int32(size))
    _ = try await connection.query(BareSQL.fillBare, p, within: .seconds(300))
    try await bench.script("VACUUM ANALYZE bare.ready", connection)
    await connection.close()
    let batches = (count + size - 1) / size
    let begin = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<2 {
        group.addTask {
          let connection = try await bench.connect()
          for batch in stride(from: lane, to: batches, by: 2) {
            try await store(batch, over: connection)
          }
          await connection.close()
        }
      }
      try await group.waitForAll()
    }
    return Double(count) / (ContinuousClock.now - begin).seconds
  }

  private func store(_ batch: Int, over connection: PostgresConnection) async throws {
    let output = Array(BenchWorker.output.utf8)
    var p = Parameters()
    p.append(Int32(batch))
    _ = try await connection.query(BareSQL.claim, p, within: .seconds(60))
    var node: Int32 = 0
    for (wave, layer) in workload.layers.enumerated() {
      var insert = Parameters()
      insert.append(Int32(batch))
      insert.append(node)
      insert.append(node + Int32(layer.count) - 1)
      insert.append(Int32(wave))
      insert.append(json: output)
      node += Int32(layer.count)
      let isLast = wave == workload.layers.count - 1
      let rest =
        isLast
        ? [Call(BareSQL.delete, p), Call(BareSQL.end, p)] : [Call(BareSQL.goOn, p)]
      _ = try await connection.pipeline(
        [Call(BareSQL.insert, insert)] + rest, within: .seconds(60))
    }
  }
}
