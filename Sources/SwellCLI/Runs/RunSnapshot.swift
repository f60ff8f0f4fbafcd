import SwellModel
import SwellPostgres
import SwellStore

/// Everything that the views say of one run.
struct RunSnapshot: Sendable {
  var run: RunsView.Row
  var nodes: [RunNodesView.Row]
  var timeline: [RunTimelineView.Row]
  var workers: [PostgresUUID: WorkersView.Row]
  /// The database's clock.
  var now: DatabaseTime

  static func read(
    _ run: PostgresUUID, over connection: PostgresConnection
  ) async throws -> RunSnapshot {
    let limit = DatabaseOptions.limit
    let row = try await RunWaiter.find(run, over: connection)
    let workers = try await WorkersView.list(over: connection, within: limit)
    return RunSnapshot(
      run: row,
      nodes: try await RunNodesView.nodes(of: run, over: connection, within: limit),
      timeline: try await RunTimelineView.events(of: run, over: connection, within: limit),
      workers: Dictionary(workers.map { ($0.worker, $0) }, uniquingKeysWith: { first, _ in first }),
      now: try await ClockView.now(over: connection, within: limit))
  }

  var failedAttempts: [RunTimelineView.Row] { timeline.filter(\.isFailedAttempt) }

  /// The worker's name, or the beginning of its id when its row is gone.
  func name(of worker: PostgresUUID?) -> String {
    guard let worker else { return "" }
    return workers[worker]?.name ?? String("\(worker)".prefix(8))
  }

  var json: JSONValue {
    var fields = JSONFields()
    fields.add("run", RunReport.json(run))
    fields.add("nodes", JSONValue.array(nodes.map { RunReport.json($0) }))
    fields.add("attempts", JSONValue.array(failedAttempts.map { RunReport.json(attempt: $0) }))
    return fields.value
  }
}
