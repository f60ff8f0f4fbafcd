import SwellModel
import SwellTrial

/// A case as JSON.
enum TestReportJSON {
  static func value(
    _ suite: TrialSuite, _ verdict: TrialVerdict, withEvents: Bool
  ) -> JSONValue {
    var fields = JSONFields()
    fields.add("file", suite.file)
    fields.add("workflow", suite.definition.name)
    fields.add("name", verdict.name)
    fields.add("line", verdict.place.line)
    fields.add("passed", verdict.passed)
    fields.add("failures", JSONValue.array(verdict.failures.map(failure)))
    fields.add("problem", verdict.problem.map(problem))
    if let result = verdict.result {
      fields.add("state", result.state.rawValue)
      fields.add("output", result.output)
      fields.add("error", result.error)
      fields.add("failed_node", result.failedNode)
      fields.add("took_ms", milliseconds(result.took))
      fields.add("ran", result.ran)
      fields.add("skipped", result.skipped)
      fields.add("waited", result.waited)
      fields.add("nodes", JSONValue.array(result.nodes.map(node)))
      if withEvents { fields.add("events", JSONValue.array(result.events.map(event))) }
    }
    return fields.value
  }

  private static func failure(_ failure: TrialFailure) -> JSONValue {
    var fields = JSONFields()
    fields.add("path", failure.path)
    fields.add("line", failure.place.line)
    fields.add("column", failure.place.column)
    fields.add("message", failure.message)
    fields.add("differences", failure.differences)
    return fields.value
  }

  private static func problem(_ problem: DefinitionProblem) -> JSONValue {
    var fields = JSONFields()
    fields.add("code", problem.code)
    fields.add("message", problem.message)
    fields.add("path", problem.path)
    fields.add("line", problem.line)
    fields.add("column", problem.column)
    fields.add("suggestion", problem.suggestion)
    return fields.value
  }

  private static func node(_ node: TrialNode) -> JSONValue {
    var fields = JSONFields()
    fields.add("node_id", node.id)
    fields.add("state", node.state.rawValue)
    fields.add("attempts", node.attempts.count)
    fields.add("wave", node.wave)
    fields.add("degraded", node.isDegraded)
    fields.add("input", node.input)
    fields.add("with", node.with)
    fields.add("output", node.output)
    fields.add("error", node.error)
    fields.add("took_ms", node.took.map(milliseconds) ?? nil)
    fields.add("waited_ms", node.waited.map(milliseconds) ?? nil)
    if !node.parts.isEmpty { fields.add("parts", JSONValue.array(node.parts.map(self.node))) }
    return fields.value
  }

  private static func event(_ event: TrialEvent) -> JSONValue {
    var fields = JSONFields()
    fields.add("at_ms", milliseconds(event.at))
    fields.add("wave", event.wave)
    fields.add("node_id", event.node)
    fields.add("item", event.item)
    fields.add("iteration", event.iteration)
    fields.add("state", event.state)
    fields.add("attempt", event.attempt)
    fields.add("due_ms", event.due.map(milliseconds) ?? nil)
    fields.add("detail", event.detail)
    return fields.value
  }

  private static func milliseconds(_ duration: Duration) -> JSONValue {
    let (whole, part) = duration.microseconds.quotientAndRemainder(dividingBy: 1000)
    return part == 0 ? .int(whole) : .double(Double(duration.microseconds) / 1000)
  }
}
