import SwellCore
import SwellModel

/// What the tables hold of one run, as `record` writes it and `claim` reads it.
struct StoredRun {
  var rows: [Int: Changes.NodeRow] = [:]
  /// Nodes in the order in which their present rows were written.
  var order: [Int] = []
  var attempts: [Changes.AttemptRow] = []
  var wave = 0
  var crashes = 0
  var losses: [RunState.WorkerLoss] = []
  var cancel: RunState.CancelRequest?
  /// What no table would have taken.
  var refusals: [String] = []

  mutating func record(_ changes: Changes, wave: Int) {
    self.wave = wave
    var seen: Set<Int> = []
    for row in changes.rows {
      if !seen.insert(row.node).inserted { refusals.append("two rows of \(row.node) at once") }
      if row.isFresh != (rows[row.node] == nil) { refusals.append("isFresh of \(row.node)") }
      if rows[row.node]?.state == .succeeded { refusals.append("\(row.node) succeeded before") }
      rows[row.node] = row
      order.removeAll { $0 == row.node }
      order.append(row.node)
    }
    for row in changes.attempts {
      if attempts.contains(where: { $0.node == row.node && $0.number == row.number }) {
        refusals.append("attempt \(row.number) of \(row.node) has a row")
      }
      attempts.append(row)
    }
  }

  /// What `swell.retry` does to the rows.
  mutating func retry(_ workflow: CompiledWorkflow) {
    for (node, row) in rows {
      if row.state == .skipped, row.attempt == 0 {
        rows[node] = nil
        continue
      }
      if row.state == .succeeded, !workflow.isErrorHandler[node] { continue }
      if row.state == .failed, let fallback = workflow.workflow.nodes[node].fallback,
        rows[fallback]?.state == .succeeded
      {
        continue
      }
      rows[node]?.state = .pending
      rows[node]?.retriesFrom = row.attempt
      rows[node]?.output = nil
      rows[node]?.error = nil
      rows[node]?.due = nil
    }
    order.removeAll { rows[$0] == nil }
    wave = (rows.values.map(\.wave).max() ?? -1) + 1
    crashes = 0
    losses = []
    cancel = nil
  }

  func load(_ workflow: CompiledWorkflow, input: Payload, deadline: Moment?) -> RunState {
    let stored = order.compactMap { rows[$0] }.map { row in
      StoredNode(
        id: workflow.workflow.nodes[row.node].id, state: row.state, wave: row.wave,
        attempt: row.attempt, retriesFrom: row.retriesFrom, due: row.due, output: row.output,
        error: row.error)
    }
    return RunState(
      workflow, input: input, deadline: deadline, wave: wave, crashes: crashes, losses: losses,
      cancel: cancel, stored: stored)
  }
}
