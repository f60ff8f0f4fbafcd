import SwellModel
import SwellPostgres
import SwellStore
import Synchronization

extension ChaosScene {
  /// The graph that most cases run: a diamond whose one side fails twice before it succeeds.
  static let order = """
    workflow: order
    defaults: {timeout: 60s, retry: {strategy: fixed, delay: 50ms, maxRetries: 3}}
    nodes:
      fetch: {handler: work}
      price: {handler: work, needs: fetch}
      stock: {handler: flaky_work, needs: fetch}
      ship: {handler: work, needs: [price, stock]}
    """

  /// What tells that work goes on: one node, enqueued after a fault.
  static let probe = """
    workflow: probe
    nodes:
      answer: {handler: effect}
    """

  /// Makes a workflow known that is written as YAML.
  func apply(_ yaml: String) async throws {
    let connection = try await PostgresConnection.connect(
      PostgresConfiguration(database.url), on: try Reactor.shared(), within: .seconds(10))
    _ = try await ApplyCall.apply(
      try WorkflowDefinition.parse(yaml), over: connection, within: .seconds(10))
    await connection.close()
  }

  /// Enqueues runs and remembers that they were acknowledged.
  ///
  /// - Parameter delay: seconds until they may start.
  @discardableResult
  func enqueue(
    _ workflow: String, _ count: Int = 1, input: String = #"{"ms": 2}"#, priority: Int = 0,
    delay: Double = 0, expecting expectation: Expectation = .succeeded
  ) async throws -> [String] {
    try await enqueue(
      workflow, count, input: input, priority: priority, delay: delay, expecting: expectation,
      over: database)
  }

  @discardableResult
  func enqueue(
    _ workflow: String, _ count: Int, input: String, priority: Int = 0, delay: Double = 0,
    expecting expectation: Expectation = .succeeded, over connection: PatientConnection
  ) async throws -> [String] {
    let rows = try await connection.query(
      """
      SELECT swell.enqueue_many('\(workflow)', array_fill('\(input)'::jsonb, ARRAY[\(count)]),
        priority => \(priority), scheduled_at => due.at), extract(epoch FROM due.at)
      FROM (SELECT clock_timestamp() + \(delay) * interval '1 second' AS at OFFSET 0) AS due
      """, within: .seconds(10))
    let runs = rows.compactMap { $0[0] }
    acknowledge(runs, expectation)
    if delay > 0 {
      let due = rows.first.flatMap { $0[1] }.flatMap(Double.init) ?? 0
      state.withLock { state in
        for run in runs { state.due[run] = due }
      }
    }
    return runs
  }

  /// Remembers that these runs are there, and how they are to end.
  func acknowledge(_ runs: [String], _ expectation: Expectation = .succeeded) {
    state.withLock { state in
      for run in runs { state.acknowledged[run] = expectation }
    }
  }

  /// Enqueues so many runs a second from now on, whatever happens to the database meanwhile.
  func load(
    _ workflow: String = "order", perSecond rate: Int, input: String = #"{"ms": 2}"#
  ) -> ChaosLoad {
    let load = ChaosLoad(self, workflow, perSecond: rate, input: input)
    state.withLock { $0.loads.append(load) }
    return load
  }

  /// Waits until so many results are stored.
  func stored(_ count: Int, within limit: Duration = .seconds(30)) async throws {
    let came = try await database.eventually(
      "SELECT count(*) >= \(count) FROM (SELECT FROM swell.node LIMIT \(count)) AS n",
      within: limit)
    require(came, "not even \(count) results within \(limit)")
  }
}
