import SwellModel

extension RunState {
  /// Looks at what the run gives, once all of it has ended well: what does not fit the workflow's schema
  /// fails the run, like a node that nothing handles. Returns whether it has just done so.
  mutating func judgeOutput() -> Bool {
    guard unresolved == 0, runningCount == 0, !isEnding,
      let schema = workflow.workflow.outputSchema
    else { return false }
    misfit = outputMisfit(schema)
    return misfit != nil
  }

  /// Comes to the verdicts that whoever had the run before has come to.
  ///
  /// The input of a run that another one called is looked at here, by each who loads it: a record that had to
  /// look at all inputs of its runs' children would hold up everybody. What was enqueued has been looked at.
  mutating func judgeAsLoaded() {
    guard failedNode == nil, !workflow.isPart else { return }
    if facts.map({ $0.depth > 0 }) ?? false, let schema = workflow.workflow.inputSchema,
      !nodes.indices.contains(where: { isOrdinary($0) && nodes[$0].isStored })
    {
      misfit = Self.problem(of: input, in: schema).map { problem in
        NodeError(
          .validation, "the input of the run does not fit the schema of its workflow: \(problem)",
          code: "input_mismatch", context: NodeError.Context(operation: "check input", wave: wave)
        ).encoded()
      }
    }
    // Handlers of a run that has ended well run because of what it gave; a cancel or a deadline that came since
    // changes nothing of that.
    guard misfit == nil, unresolved == 0, let schema = workflow.workflow.outputSchema,
      workflow.workflow.onError.contains(where: { nodes[$0].isStored })
    else { return }
    misfit = outputMisfit(schema)
  }

  private func outputMisfit(_ schema: JSONSchema) -> Payload? {
    Self.problem(of: runOutput() ?? .null, in: schema).map { problem in
      NodeError(
        .marshaling, "the output of the run does not fit the schema of its workflow: \(problem)",
        code: "output_mismatch", context: NodeError.Context(operation: "check output", wave: wave)
      ).encoded()
    }
  }

  private static func problem(of payload: Payload, in schema: JSONSchema) -> String? {
    do throws(PayloadProblem) {
      return try schema.problem(in: payload)
    } catch {
      return "\(error)"
    }
  }
}
