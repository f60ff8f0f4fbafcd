/// What the ledger holds of one case, in the order in which it was written.
struct Ledgered: Sendable {
  var entries: [Entry] = []

  struct Entry: Sendable {
    var node: NodeKey
    var attempt: Int
    var worker: String
    var event: String
    /// Seconds since 1970.
    var at: Double

    /// Whether it tells that an attempt was begun: handlers that write only once write then.
    var isStart: Bool { event == "started" }
  }

  struct NodeKey: Sendable, Hashable {
    var run: String
    var node: String
  }

  struct AttemptKey: Sendable, Hashable {
    var node: NodeKey
    var attempt: Int
  }

  init(_ ledger: PatientConnection) async throws {
    let rows = try await ledger.query(
      """
      SELECT run_id, node_id, attempt, worker, event, extract(epoch FROM at)
      FROM effect ORDER BY at
      """)
    entries = rows.map { row in
      Entry(
        node: NodeKey(run: row[0] ?? "", node: row[1] ?? ""), attempt: Int(row[2] ?? "") ?? 0,
        worker: row[3] ?? "", event: row[4] ?? "", at: Double(row[5] ?? "") ?? 0)
    }
  }

  /// The begin of every execution, by attempt. A handler that writes once begins with its effect.
  ///
  /// - Parameter moment: what was written before it counts for nothing.
  func executions(from moment: Double = 0) -> [AttemptKey: [Entry]] {
    var byAttempt: [AttemptKey: [Entry]] = [:]
    for entry in entries where entry.at >= moment {
      byAttempt[AttemptKey(node: entry.node, attempt: entry.attempt), default: []].append(entry)
    }
    return byAttempt.mapValues { entries in
      let starts = entries.filter(\.isStart)
      return starts.isEmpty ? entries : starts
    }
  }
}
