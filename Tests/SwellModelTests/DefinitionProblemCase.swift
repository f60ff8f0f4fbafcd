import SwellModel
import Testing

/// A wrong definition and all that must be said about it: `line:column code path`.
struct DefinitionProblemCase: Sendable, CustomTestStringConvertible {
  var text: String
  var expected: [String]
  var testDescription: String { expected.joined(separator: ", ") }

  init(_ text: String, _ expected: String...) {
    self.text = text
    self.expected = expected
  }

  /// A case whose lines are the nodes of a workflow; the first of them is line 3.
  static func nodes(_ text: String, _ expected: String...) -> DefinitionProblemCase {
    let body = text.split(separator: "\n", omittingEmptySubsequences: false)
    var wrong = DefinitionProblemCase(
      "workflow: w\nnodes:\n" + body.map { "  " + $0 }.joined(separator: "\n"))
    wrong.expected = expected
    return wrong
  }

  /// A case whose text is the members of one node, indented by four; the first is line 4.
  static func node(_ text: String, _ expected: String...) -> DefinitionProblemCase {
    let body = text.split(separator: "\n", omittingEmptySubsequences: false)
    var wrong = nodes("a:\n" + body.map { "  " + $0 }.joined(separator: "\n"))
    wrong.expected = expected
    return wrong
  }

  var found: [String] {
    do {
      _ = try WorkflowDefinition.parse(text)
      return []
    } catch {
      return error.problems.map { problem in
        "\(problem.line):\(problem.column) \(problem.code)"
          + (problem.path.isEmpty ? "" : " " + problem.path)
          + (problem.suggestion.map { " ~" + $0 } ?? "")
      }
    }
  }
}
