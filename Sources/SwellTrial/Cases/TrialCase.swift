public import SwellModel

/// One case: a trial, and what is expected of it.
public struct TrialCase: Sendable {
  public let name: String
  /// Where it was written.
  public let place: SourcePlace
  public let trial: WorkflowTrial
  let expectations: [Expectation]
  /// Where a reply for a node was written, or is to be: by id, and under no id for all others.
  let replies: [String: Location]

  struct Location: Sendable {
    var path: String
    var place: SourcePlace
  }

  /// Carries the run to its end and compares.
  public func run() async -> TrialVerdict {
    let result: TrialResult
    do throws(TrialProblem) {
      result = try await trial.run()
    } catch {
      let location =
        error.node.flatMap { replies[$0] } ?? replies[""] ?? Location(path: "", place: place)
      return TrialVerdict(
        name: name, place: place, result: nil, failures: [],
        problem: DefinitionProblem(
          error.code, error.message, path: location.path, at: location.place,
          suggestion: error.suggestion))
    }
    let failures = expectations.compactMap { $0.failure(of: result, input: trial.input) }
    return TrialVerdict(
      name: name, place: place, result: result, failures: failures, problem: nil)
  }
}
