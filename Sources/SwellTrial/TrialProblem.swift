/// Why a trial cannot be carried out: the test lacks something, or is not about this workflow.
public struct TrialProblem: Error, Sendable, Hashable {
  /// Stable, such as `missing_output`.
  public var code: String
  public var message: String
  /// The node that it is about.
  public var node: String?
  /// What was probably meant.
  public var suggestion: String?

  public init(_ code: String, _ message: String, node: String? = nil, suggestion: String? = nil) {
    self.code = code
    self.message = message
    self.node = node
    self.suggestion = suggestion
  }
}

extension TrialProblem: CustomStringConvertible {
  public var description: String {
    message + (suggestion.map { "; did you mean '\($0)'?" } ?? "") + " [\(code)]"
  }
}
