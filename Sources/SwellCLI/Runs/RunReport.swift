import ArgumentParser
import SwellModel
import SwellPostgres
import SwellStore

/// Runs, nodes and attempts as JSON, and the ends of runs for people.
enum RunReport {
  static func json(_ run: RunsView.Row) -> JSONValue {
    var fields = JSONFields()
    fields.add("run_id", run.run)
    fields.add("workflow", run.workflow)
    fields.add("version", run.version)
    fields.add("state", run.state)
    fields.add("queue", run.queue)
    fields.add("priority", run.priority)
    fields.add("input", run.input)
    fields.add("output", run.output)
    fields.add("error", run.error)
    fields.add("tags", run.tags)
    fields.add("idempotency_key", run.idempotencyKey)
    fields.add("deadline", run.deadline)
    fields.add("created_at", run.created)
    fields.add("started_at", run.started)
    fields.add("finished_at", run.finished)
    fields.add("scheduled_at", run.scheduled)
    fields.add("wave", run.wave)
    fields.add("worker", run.worker)
    fields.add("claimed_at", run.claimed)
    fields.add("crashes", run.crashes)
    fields.add("waits_for", run.waitsFor)
    return fields.value
  }

  static func json(_ node: RunNodesView.Row) -> JSONValue {
    var fields = JSONFields()
    fields.add("node_id", node.node)
    fields.add("item", node.item)
    fields.add("iteration", node.iteration)
    fields.add("wave", node.wave)
    fields.add("state", node.state)
    fields.add("attempt", node.attempt)
    fields.add("degraded", node.isDegraded)
    fields.add("input", node.input)
    fields.add("output", node.output)
    fields.add("error", node.error)
    fields.add("scheduled_at", node.scheduled)
    fields.add("started_at", node.started)
    fields.add("finished_at", node.finished)
    fields.add("worker", node.worker)
    return fields.value
  }

  static func json(attempt: RunTimelineView.Row) -> JSONValue {
    var fields = JSONFields()
    fields.add("node_id", attempt.node)
    fields.add("attempt", attempt.attempt)
    fields.add("finished_at", attempt.at)
    fields.add("worker", attempt.worker)
    fields.add("error", attempt.detail)
    return fields.value
  }

  /// Prints how runs ended. Throws: exit 1 unless all succeeded.
  static func printEnds(_ runs: [RunsView.Row], isJSON: Bool) throws {
    for run in runs {
      if isJSON {
        Terminal.line(json(run).payload.text)
      } else {
        let took = Words.span(run.created, run.finished)
        Terminal.line("\(run.run) \(colored(run.state)) after \(took)")
        if let error = run.error { Terminal.line("  " + Words.error(error)) }
        if runs.count == 1, let output = run.output { Terminal.line(Words.pretty(output)) }
      }
    }
    guard runs.allSatisfy({ $0.state == "succeeded" }) else { throw ExitCode(1) }
  }

  static func colored(_ state: String) -> String {
    switch state {
    case "succeeded": Terminal.paint(state, .green)
    case "failed", "lost", "dead": Terminal.paint(state, .red)
    case "cancelled", "retrying", "skipped", "paused": Terminal.paint(state, .yellow)
    case "running": Terminal.paint(state, .blue)
    default: state
    }
  }
}
