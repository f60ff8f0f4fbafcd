import SwellModel
import SwellPostgres
import SwellStore

/// Runs the cases on one server.
public struct Bench: Sendable {
  /// The connection string of a database of the server, by its name.
  private let url: @Sendable (String) -> String
  /// The server's first process, whose family's processor time is told.
  let postmaster: Int32?
  /// The `swell` of which worker processes are made.
  private let program: String
  let options: BenchOptions
  let reactor: Reactor

  static let database = "swell_bench"
  static let input = #"{"orderId": 4711, "customer": "someone", "items": [1, 2, 3]}"#

  public init(
    url: @escaping @Sendable (String) -> String, postmaster: Int32?, program: String,
    options: BenchOptions
  ) throws {
    self.url = url
    self.postmaster = postmaster
    self.program = program
    self.options = options
    self.reactor = try Reactor(name: "bench")
  }

  /// Measures one case; throughput once for each number of workers.
  public func run(_ bench: BenchCase) async throws -> [BenchResult] {
    switch bench {
    case .jobs, .chain5, .graph131, .fanOut, .layered:
      guard let workload = bench.workload else { return [] }
      return try await ThroughputBenchmark(bench: self, name: bench.rawValue, workload: workload)
        .run()
    case .enqueue1, .enqueue8, .enqueue32, .enqueueMany:
      return [try await EnqueueBenchmark(bench: self).run(bench)]
    case .spread: return try await SpreadBenchmark(bench: self).run()
    case .pickUp: return [try await LatencyBenchmark(bench: self).pickUp()]
    case .retry: return [try await LatencyBenchmark(bench: self).retry()]
    case .claimDue, .claimFuture, .claimPaused, .claimForeign:
      return [try await ClaimBenchmark(bench: self).run(bench)]
    case .idle: return [try await IdleBenchmark(bench: self).run()]
    case .memory: return [try await MemoryBenchmark(bench: self).run()]
    case .expressions: return [try ExpressionBenchmark().run()]
    case .heldSpread: return [try await SpreadBenchmark(bench: self).runHeld()]
    case .snapshot: return [try await SnapshotBenchmark(bench: self).run()]
    }
  }

  /// Measures another system on a fresh database of the same server.
  ///
  /// - Parameter program: the path of what measures it; it finds the database in DATABASE_URL and
  ///   prints an object with `case`, `workers`, `value` and `unit` on a line for each figure.
  /// - Throws: `PeerFailure` with what the program said.
  public func peer(_ program: String) async throws -> [BenchResult] {
    try await makeDatabase()
    return try await PeerProgram(path: program, database: url(Self.database)).run()
  }

  func connect(to name: String = Bench.database) async throws -> PostgresConnection {
    try await PostgresConnection.connect(
      PostgresConfiguration(url(name)), on: reactor, within: .seconds(30))
  }

  private func makeDatabase() async throws {
    let admin = try await connect(to: "postgres")
    _ = try await admin.execute(script: BareSQL.dropDatabase, within: .seconds(60))
    _ = try await admin.execute(script: BareSQL.createDatabase, within: .seconds(60))
    await admin.close()
  }

  /// A fresh database with the schema and one workflow.
  func prepare(_ definition: String) async throws -> PostgresConnection {
    try await makeDatabase()
    let connection = try await connect()
    try await Migrator(connection).up()
    _ = try await connection.execute(script: BareSQL.schema, within: .seconds(60))
    _ = try await ApplyCall.apply(
      try WorkflowDefinition.parse(definition), over: connection, within: .seconds(30))
    return connection
  }

  func script(_ text: String, _ connection: PostgresConnection) async throws {
    _ = try await connection.execute(script: text, within: .seconds(900))
  }

  /// The bytes of whole pages between two places of the write-ahead log; nil where the server has
  /// no program that reads it, or has let go of a part.
  func pageImages(_ from: Int64, _ to: Int64, over connection: PostgresConnection) async throws
    -> Int64?
  {
    try await script(BenchSQL.makeWALReader, connection)
    guard
      try await connection.query(BenchSQL.canReadWAL, within: .seconds(10)).first?.bool(0) == true
    else { return nil }
    var p = Parameters()
    p.append(from)
    p.append(to)
    do throws(PostgresError) {
      return try await connection.query(BenchSQL.pageImages, p, within: .seconds(300))
        .first?.int64(0)
    } catch {
      if error.isConnectionFatal { throw error }
      return nil
    }
  }

  /// So many worker processes over the benchmark's database, started and registered; stopped
  /// whatever happens.
  func withFleet<Answer: Sendable>(
    _ count: Int, concurrency: Int? = nil, over connection: PostgresConnection,
    _ body: (WorkerFleet) async throws -> Answer
  ) async throws -> Answer {
    var workers: [WorkerProcess] = []
    do {
      for _ in 0..<count {
        workers.append(
          try WorkerProcess(
            program: program, database: url(Self.database),
            concurrency: concurrency ?? options.concurrency,
            recorders: options.recorders))
      }
      let fleet = WorkerFleet(workers: workers)
      var running = 0
      let deadline = ContinuousClock.now + .seconds(30)
      while running < count {
        running = Int(
          try await connection.query(BenchSQL.runningWorkers, within: .seconds(10))
            .first?.int64(0) ?? 0)
        guard ContinuousClock.now < deadline else {
          throw WorkerFleet.Failure(description: "the worker processes did not start")
        }
        try await Task.sleep(for: .milliseconds(20))
      }
      let answer = try await body(fleet)
      await fleet.stop()
      return answer
    } catch {
      await WorkerFleet(workers: workers).stop()
      throw error
    }
  }

  /// Enqueues so many runs a second at times that are fixed beforehand, and puts each one's intended
  /// time into its input, so that a stall is counted against every run that it held up.
  func sendOpenLoop(rate: Double, seconds: Double, over connection: PostgresConnection) async throws
    -> Int
  {
    let begin = WallClock.microseconds()
    let total = max(1, Int(rate * seconds))
    var sent = 0
    while sent < total {
      let elapsed = Double(WallClock.microseconds() - begin) / 1e6
      let due = min(total, Int(elapsed * rate), sent + 2_000)
      if due > sent {
        var p = Parameters()
        p.append(
          jsonArray: (sent..<due).map { place in
            Array(Self.input(at: begin + Int64(Double(place) / rate * 1e6)).utf8)
          })
        _ = try await connection.query(BenchSQL.enqueueBatch, p, within: .seconds(60))
        sent = due
      }
      try await Task.sleep(for: .milliseconds(2))
    }
    return total
  }

  static func input(at moment: Int64) -> String {
    #"{"at": \#(moment), "orderId": 4711, "customer": "someone", "items": [1, 2, 3]}"#
  }

  /// The latencies that a statement returns, in microseconds.
  func latencies(
    _ statement: Statement, since moment: Int64, over connection: PostgresConnection
  ) async throws -> LatencyHistogram {
    var p = Parameters()
    p.append(moment)
    var histogram = LatencyHistogram()
    for row in try await connection.query(statement, p, within: .seconds(300)) {
      histogram.record(microseconds: try row.int64(0))
    }
    return histogram
  }
}
