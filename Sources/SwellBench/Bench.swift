import Logging
import Swell
import SwellEngine
import SwellModel
import SwellNodes
import SwellPostgres
import SwellStore

/// Runs the cases on one server.
public struct Bench: Sendable {
  /// The connection string of a database of the server, by its name.
  private let url: @Sendable (String) -> String
  /// How long a case is to take, roughly.
  private let seconds: Double
  private let reactor: Reactor

  static let input = #"{"orderId": 4711, "customer": "someone", "items": [1, 2, 3]}"#
  static let output = #"{"ok": true, "value": 42, "note": "small payload of a node"}"#

  public init(url: @escaping @Sendable (String) -> String, seconds: Double) throws {
    self.url = url
    self.seconds = seconds
    self.reactor = try Reactor(name: "bench")
  }

  public func run(_ bench: BenchCase) async throws -> BenchResult {
    if bench.waves != nil { return try await throughput(bench) }
    return try await enqueue(bench)
  }

  /// A fresh database with the schema and the workflow of the case.
  private func prepare(_ bench: BenchCase) async throws -> PostgresConnection {
    let admin = try await PostgresConnection.connect(
      PostgresConfiguration(url("postgres")), on: reactor)
    _ = try await admin.execute(
      script: BareSQL.dropDatabase, within: .seconds(60))
    _ = try await admin.execute(script: BareSQL.createDatabase, within: .seconds(60))
    await admin.close()
    let connection = try await PostgresConnection.connect(
      PostgresConfiguration(url("swell_bench")), on: reactor)
    try await Migrator(connection).up()
    _ = try await connection.execute(script: BareSQL.schema, within: .seconds(60))
    _ = try await ApplyCall.apply(
      try WorkflowDefinition.parse(bench.definition), over: connection, within: .seconds(10))
    return connection
  }

  private func throughput(_ bench: BenchCase) async throws -> BenchResult {
    let connection = try await prepare(bench)
    let waves = bench.waves ?? []
    // The first run says how many runs fill the time; the second is the one that counts.
    let small = 2_000
    try await fill(connection, small)
    let warm = try await drain(small, connection)
    let count = min(400_000, max(small, Int(warm * seconds)))
    try await fill(connection, count)
    _ = try await connection.execute(script: "CHECKPOINT", within: .seconds(60))
    let value = try await drain(count, connection)
    let limit = try await bare(waves.map(\.count), count)
    await connection.close()
    return BenchResult(
      name: bench.rawValue, workers: 1, value: value, unit: "runs/s", limit: limit)
  }

  private func fill(_ connection: PostgresConnection, _ count: Int) async throws {
    var p = Parameters()
    p.append(Int32(count))
    p.append(json: Array(Self.input.utf8))
    _ = try await connection.query(BareSQL.fill, p, within: .seconds(300))
    _ = try await connection.execute(script: "VACUUM ANALYZE swell.ready", within: .seconds(300))
  }

  /// Runs one worker until nothing is left; returns runs a second.
  private func drain(_ count: Int, _ connection: PostgresConnection) async throws -> Double {
    let output = Payload(json: Self.output)
    var logger = Logger(label: "bench")
    logger.logLevel = .error
    let worker = Worker(
      WorkerConfiguration(database: PostgresConfiguration(url("swell_bench"))),
      kinds: [RawHandlerNode("noop") { _, _ in output }], logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await worker.run() }
      var first: ContinuousClock.Instant?
      var done = 0
      let clock = ContinuousClock()
      while done < count {
        try await Task.sleep(for: .milliseconds(2))
        if first == nil, worker.metrics.now.claimed > 0 { first = clock.now }
        done = worker.metrics.now.ended
      }
      let elapsed = (first.map { clock.now - $0 } ?? .zero).seconds
      group.cancelAll()
      try? await group.waitForAll()
      return Double(count) / max(elapsed, 1e-6)
    }
  }

  /// The same rows by bare statements: claim, one insert and one update a wave, the end; batches
  /// of 500 over two connections, each wave committed.
  private func bare(_ waves: [Int], _ count: Int) async throws -> Double {
    let connection = try await PostgresConnection.connect(
      PostgresConfiguration(url("swell_bench")), on: reactor)
    var p = Parameters()
    p.append(Int32(count))
    p.append(json: Array(Self.input.utf8))
    _ = try await connection.query(BareSQL.fillBare, p, within: .seconds(300))
    _ = try await connection.execute(
      script: "VACUUM ANALYZE bare.ready; ", within: .seconds(300))
    _ = try await connection.execute(script: "CHECKPOINT", within: .seconds(60))
    await connection.close()
    let clock = ContinuousClock()
    let begin = clock.now
    let batches = (count + 499) / 500
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<2 {
        group.addTask {
          let connection = try await PostgresConnection.connect(
            PostgresConfiguration(self.url("swell_bench")), on: self.reactor)
          for batch in stride(from: lane, to: batches, by: 2) {
            try await self.bareBatch(batch, waves, over: connection)
          }
          await connection.close()
        }
      }
      try await group.waitForAll()
    }
    return Double(count) / (clock.now - begin).seconds
  }

  private func bareBatch(
    _ batch: Int, _ waves: [Int], over connection: PostgresConnection
  ) async throws {
    let output = Array(Self.output.utf8)
    var p = Parameters()
    p.append(Int32(batch))
    _ = try await connection.query(BareSQL.claim, p, within: .seconds(60))
    var node: Int32 = 0
    for (wave, width) in waves.enumerated() {
      var insert = Parameters()
      insert.append(Int32(batch))
      insert.append(node)
      insert.append(node + Int32(width) - 1)
      insert.append(Int32(wave))
      insert.append(json: output)
      node += Int32(width)
      let calls =
        wave == waves.count - 1
        ? [
          Call(BareSQL.insert, insert), Call(BareSQL.delete, p), Call(BareSQL.end, p),
        ] : [Call(BareSQL.insert, insert), Call(BareSQL.goOn, p)]
      _ = try await connection.pipeline(calls, within: .seconds(60))
    }
  }

  private func enqueue(_ bench: BenchCase) async throws -> BenchResult {
    let connection = try await prepare(bench)
    await connection.close()
    switch bench {
    case .enqueueMany:
      let value = try await clients(1, size: 1000, BareSQL.enqueueThousand(Self.input))
      let limit = try await clients(1, size: 1000, BareSQL.insertThousand(Self.input))
      return BenchResult(
        name: bench.rawValue, workers: 1, value: value, unit: "runs/s", limit: limit)
    default:
      let count = bench == .enqueue8 ? 8 : 1
      let value = try await clients(count, size: 1, BareSQL.enqueue(Self.input))
      let limit = try await clients(count, size: 1, BareSQL.insertOne(Self.input))
      return BenchResult(
        name: bench.rawValue, workers: count, value: value, unit: "runs/s", limit: limit)
    }
  }

  /// So many clients call the same statement one after the other; returns runs a second.
  private func clients(
    _ count: Int, size: Int, _ call: Call
  ) async throws -> Double {
    let clock = ContinuousClock()
    let begin = clock.now
    let end = begin + .seconds(seconds / 2)
    let done = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<count {
        group.addTask {
          let connection = try await PostgresConnection.connect(
            PostgresConfiguration(self.url("swell_bench")), on: self.reactor)
          var done = 0
          while clock.now < end {
            _ = try await connection.query(call.statement, call.parameters, within: .seconds(60))
            done += size
          }
          await connection.close()
          return done
        }
      }
      return try await group.reduce(0, +)
    }
    return Double(done) / (clock.now - begin).seconds
  }
}
