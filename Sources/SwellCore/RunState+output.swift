import SwellModel

extension RunState {
  /// Looks at what the run gives, once all of it has ended well: what does not fit the workflow's schema
  /// fails the run, like a node that nothing handles. Returns whether it has just done so.
  ///
  /// Whoever loads the run comes to the same verdict from the stored outputs.
  mutating func judgeOutput() -> Bool {
    guard unresolved == 0, runningCount == 0, !isEnding,
      let schema = workflow.workflow.outputSchema
    else { return false }
    let problem: String?
    do throws(PayloadProblem) {
      problem = try schema.problem(in: runOutput() ?? .null)
    } catch {
      problem = "\(error)"
    }
    guard let problem else { return false }
    misfit = NodeError(
      .marshaling, "the output of the run does not fit the schema of its workflow: \(problem)",
      code: "output_mismatch", context: NodeError.Context(operation: "check output", wave: wave)
    ).encoded()
    return true
  }
}
