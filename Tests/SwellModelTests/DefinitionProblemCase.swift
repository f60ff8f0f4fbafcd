import Testing

@testable import SwellModel

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

  /// Problems of form, which the JSON Schema of the language finds as well.
  private static let ofForm: Set<String> = [
    "unknown_key", "missing_key", "wrong_type", "invalid_value", "invalid_id", "invalid_name",
    "out_of_range", "retry_key", "version_not_allowed", "missing_role", "several_roles",
    "unknown_kind", "wrong_role", "handler_with", "control_with", "control_key", "branch_edges",
    "command_not_list", "misplaced_otherwise", "timeout_without_signal", "several_repetitions",
    "join_without_needs", "no_nodes", "not_expression", "invalid_duration", "misplaced_setting",
  ]
  /// Those that it cannot find: what depends on other places, or on more than the form of a text.
  private static let beyondForm: Set<String> = [
    "5:14 invalid_duration nodes.a.timeout", "5:22 invalid_value nodes.a.with.command[0]",
    "5:38 out_of_range nodes.a.retry.maxDelay", "5:11 not_expression nodes.a.when",
    "3:17 misplaced_otherwise nodes.a.branch[0].otherwise",
    // What a file's own settings are to each other.
    "3:3 missing_key nodes.a.with.path", "5:21 misplaced_setting nodes.a.with.list",
    "5:21 misplaced_setting nodes.a.with.format", "5:34 misplaced_setting nodes.a.with.header",
    "5:21 misplaced_setting nodes.a.with.recursive", "5:32 misplaced_setting nodes.a.with.mode",
    "5:26 misplaced_setting nodes.a.with.header",
  ]

  /// Whether the schema refuses what is wrong in its form.
  var isRefusedByForm: Bool {
    let isOfForm = expected.contains { line in
      let words = line.split(separator: " ").map(String.init)
      return words.count > 1 && Self.ofForm.contains(words[1]) && !Self.beyondForm.contains(line)
    }
    guard isOfForm, let document = try? YAMLParser.parse(text),
      let schema = try? JSONSchema(DefinitionSchema.make())
    else { return true }
    return schema.problem(in: ExactValue(document.json)) != nil
  }
}
