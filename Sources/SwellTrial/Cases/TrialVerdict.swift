public import SwellModel

/// Whether a case is as expected.
public struct TrialVerdict: Sendable {
  public let name: String
  /// Where the case was written.
  public let place: SourcePlace
  /// Nil when the trial could not be carried out.
  public let result: TrialResult?
  /// What is not as expected, in the order of the text.
  public let failures: [TrialFailure]
  /// Why the trial could not be carried out.
  public let problem: DefinitionProblem?

  public var passed: Bool { failures.isEmpty && problem == nil }
}

extension TrialVerdict: CustomStringConvertible {
  public var description: String {
    let words = failures.map(\.description) + (problem.map { [$0.description] } ?? [])
    return passed ? "\(name): passed" : "\(name): " + words.joined(separator: "\n")
  }
}
