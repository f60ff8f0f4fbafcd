import SwellCore
import SwellModel

extension TrialRun {
  /// How an attempt ends: as the trial says, or as what it computes; what would do I/O must be told.
  func reply(
    to attempt: TrialAttempt, _ definition: NodeReference
  ) async throws(TrialProblem) -> TrialReply {
    if let body = trial.nodes[attempt.node] {
      do {
        return try await body(attempt)
      } catch let problem as TrialProblem {
        throw problem
      } catch let error as NodeError {
        return .error(error)
      } catch {
        return .error(
          NodeError(
            .execution, "\(error)",
            causes: [NodeError.Cause(type: "\(type(of: error))", message: "\(error)")]))
      }
    }
    switch definition.kind {
    case "cel":
      guard let value = attempt.with.flatMap({ try? JSONValue.parse($0) })?["value"] else {
        return .error(NodeError(.definition, "cel has no 'value'", code: "missing_value"))
      }
      return .output(value.payload)
    case "log": return .output(attempt.input)
    default: throw missing(attempt, definition)
    }
  }

  private func missing(_ attempt: TrialAttempt, _ definition: NodeReference) -> TrialProblem {
    let node = definition.node
    let kind = node.role == .handler ? definition.kind : "\(node.role.rawValue) \(definition.kind)"
    var what = "'\(attempt.node)'"
    var remedy = "\(attempt.node): {output: …}"
    if let index = attempt.index {
      what = "item \(index) of " + what
      remedy = "\(attempt.node): {outputs: […, …]}"
    } else if let iteration = attempt.iteration {
      what = "iteration \(iteration) of " + what
      remedy = "\(attempt.node): {outputs: […, …]}"
    }
    return TrialProblem(
      "missing_output",
      "\(what) (\(kind)) was to be executed, and nothing says what it gives; add \(remedy)",
      node: attempt.node)
  }
}
