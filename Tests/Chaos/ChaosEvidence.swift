import SwellTesting

/// What tables and ledger hold at the end of a case.
struct ChaosEvidence: Sendable {
  var runs: [String: Run] = [:]
  /// When the success of a node was reached, in seconds since 1970.
  var successes: [Ledgered.NodeKey: Double] = [:]
  /// Nodes whose handler writes an effect.
  var nodesWithEffects: Set<Ledgered.NodeKey> = []
  /// Who was given up with a run in hand, by run.
  var losses: [String: [Loss]] = [:]
  /// When an attempt was due at the earliest, as it was stored with the failure before it.
  var retriesDue: [Ledgered.AttemptKey: Double] = [:]
  /// The pid of each worker.
  var workers: [String: Int32] = [:]
  var breaches: [String] = []
  var violations: [String] = []
  var ledgered: Ledgered

  struct Run: Sendable {
    var state: String
    var errorKind: String?
    var words: String
  }

  struct Loss: Sendable {
    var worker: String
    var at: Double
  }

  /// Handlers of the test worker that write an effect before they succeed.
  private static let handlers =
    "'work', 'flaky_work', 'poison_work', 'hog_work', 'effect', 'slow_effect'"

  init(
    database: PatientConnection, ledger: PatientConnection, clockOffset: Double
  ) async throws {
    let patience = Duration.seconds(30)
    for row in try await database.query(
      """
      SELECT u.run_id, u.state, u.error ->> 'kind',
        concat_ws(' ', u.workflow, u.state, u.error ->> 'kind', u.error ->> 'message',
          CASE WHEN r.run_id IS NOT NULL THEN 'ready: ' || to_jsonb(r)::text END)
      FROM swell.run AS u LEFT JOIN swell.ready AS r ON r.run_id = u.run_id
      """, patience: patience)
    {
      runs[row[0] ?? ""] = Run(state: row[1] ?? "", errorKind: row[2], words: row[3] ?? "")
    }
    for row in try await database.query(
      """
      SELECT n.run_id, n.node_id, extract(epoch FROM n.finished_at),
        COALESCE(w.definition -> 'nodes' -> n.node_id, w.definition -> 'onError') ->> 'handler'
          IN (\(Self.handlers))
          -- Of a map whose items are runs, the runs have the effects.
          AND (u.workflow LIKE '%/%' OR w.definition -> 'nodes' -> n.node_id -> 'map' IS NULL)
      FROM swell.node AS n
      JOIN swell.run AS u ON u.run_id = n.run_id
      JOIN swell.workflow AS w ON w.workflow = split_part(u.workflow, '/', 1) AND w.version = u.version
      WHERE n.state = 'succeeded'
      """, patience: patience)
    {
      let node = Ledgered.NodeKey(run: row[0] ?? "", node: row[1] ?? "")
      successes[node] = Double(row[2] ?? "").map { $0 - clockOffset }
      if row[3] == "t" { nodesWithEffects.insert(node) }
    }
    for row in try await database.query(
      "SELECT run_id, worker, extract(epoch FROM at) FROM witness.loss", patience: patience)
    {
      losses[row[0] ?? "", default: []].append(
        Loss(worker: row[1] ?? "", at: Double(row[2] ?? "") ?? 0))
    }
    for row in try await database.query(
      "SELECT run_id, node_id, attempt, extract(epoch FROM due) FROM witness.retry",
      patience: patience)
    {
      let node = Ledgered.NodeKey(run: row[0] ?? "", node: row[1] ?? "")
      let key = Ledgered.AttemptKey(node: node, attempt: (Int(row[2] ?? "") ?? 0) + 1)
      retriesDue[key] = Double(row[3] ?? "").map { $0 - clockOffset }
    }
    for row in try await database.query(
      "SELECT worker_id, pid FROM swell.worker", patience: patience)
    {
      workers[row[0] ?? ""] = Int32(row[1] ?? "")
    }
    breaches = try await database.query(
      "SELECT concat_ws(' ', what, run_id, detail) FROM witness.breach", patience: patience
    ).compactMap { $0[0] }
    // Compiling so large a plan takes five seconds, running it a tenth of one.
    try await database.query("SET jit = off", patience: patience)
    violations = try await database.query(TestDatabase.invariants, patience: patience).map { row in
      row.map { $0 ?? "" }.joined(separator: " ")
    }
    ledgered = try await Ledgered(ledger)
  }

  /// When each node that was in flight at a worker began elsewhere after that worker's end.
  func startsElsewhere(of worker: String, after end: Double) -> [Double] {
    var inFlight: Set<Ledgered.AttemptKey> = []
    var begun: [Ledgered.AttemptKey: Double] = [:]
    for entry in ledgered.entries {
      let key = Ledgered.AttemptKey(node: entry.node, attempt: entry.attempt)
      if entry.worker == worker {
        if entry.isStart { inFlight.insert(key) } else { inFlight.remove(key) }
      } else if entry.isStart, entry.at > end, inFlight.contains(key), begun[key] == nil {
        begun[key] = entry.at
      }
    }
    return Array(begun.values)
  }
}
