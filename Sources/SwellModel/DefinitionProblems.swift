/// Everything that is wrong with a workflow definition, in the order of the text.
public struct DefinitionProblems: Error, Sendable, Hashable {
  public var problems: [DefinitionProblem]
  /// The file that the text came from.
  public var file: String?

  public init(_ problems: [DefinitionProblem], file: String? = nil) {
    self.problems = problems
    self.file = file
  }
}

extension DefinitionProblems: CustomStringConvertible {
  /// One line a problem, at most 100.
  public var description: String {
    var lines = problems.prefix(100).map { (file.map { "\($0):" } ?? "") + $0.description }
    if problems.count > 100 { lines.append("… and \(problems.count - 100) more") }
    return lines.joined(separator: "\n")
  }
}
