import SwellModel
import SwellPostgres
import SwellStore

/// How many runs a second clients enqueue, each call a transaction, beside the bare rows.
struct EnqueueBenchmark: Sendable {
  var bench: Bench

  func run(_ name: BenchCase) async throws -> BenchResult {
    let connection = try await bench.prepare(Workload.single.definition)
    let clients = name.clients ?? 1
    let isMany = name == .enqueueMany
    let call =
      isMany ? BareSQL.enqueueThousand(Bench.input) : BareSQL.enqueue(Bench.input)
    let bare = isMany ? BareSQL.insertThousand(Bench.input) : BareSQL.insertOne(Bench.input)
    let size = isMany ? 1000 : 1
    var connections: [PostgresConnection] = []
    for _ in 0..<clients { connections.append(try await bench.connect()) }
    // Sessions that live, as those of a pool: their plans are made.
    var ignored = LatencyHistogram()
    for call in [call, bare] {
      _ = try await send(call, over: connections, seconds: 0.3, into: &ignored)
    }
    // In turns, each time the other first, so that what the machine does meanwhile and how far the tables
    // have grown befall both.
    var ours: (rate: Double, latency: LatencyHistogram) = (0, LatencyHistogram())
    var limit = 0.0
    let turns = 8
    let seconds = bench.options.seconds / Double(2 * turns)
    var wal = Int64(0)
    var count = 0
    for turn in 0..<turns {
      for isOurs in turn.isMultiple(of: 2) ? [true, false] : [false, true] {
        if isOurs {
          let begin = try await ServerCounts.read(over: connection)
          let sent = try await send(call, over: connections, seconds: seconds, into: &ours.latency)
          wal += try await ServerCounts.read(over: connection).wal - begin.wal
          count += sent.calls
          ours.rate += sent.rate * Double(size) / Double(turns)
        } else {
          limit +=
            try await send(bare, over: connections, seconds: seconds, into: &ignored).rate
            * Double(size) / Double(turns)
        }
      }
    }
    for connection in connections { await connection.close() }
    await connection.close()
    return BenchResult(
      name: name.rawValue, workers: clients, value: ours.rate, unit: "runs/s", limit: limit,
      latency: ours.latency.latency,
      more: [("wal_bytes_per_run", Double(wal) / Double(max(1, count * size)))])
  }

  /// Every client calls the same statement, one after the other, for a while.
  private func send(
    _ call: Call, over connections: [PostgresConnection], seconds: Double,
    into histogram: inout LatencyHistogram
  ) async throws -> (rate: Double, calls: Int) {
    let begin = ContinuousClock.now
    let end = begin + .seconds(seconds)
    let times = try await withThrowingTaskGroup(of: [Int64].self) { group in
      for connection in connections {
        group.addTask {
          var times: [Int64] = []
          while ContinuousClock.now < end {
            let sent = WallClock.microseconds()
            _ = try await connection.query(call.statement, call.parameters, within: .seconds(60))
            times.append(WallClock.microseconds() - sent)
          }
          return times
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    let elapsed = (ContinuousClock.now - begin).seconds
    for time in times { histogram.record(microseconds: time) }
    return (Double(times.count) / elapsed, times.count)
  }
}
