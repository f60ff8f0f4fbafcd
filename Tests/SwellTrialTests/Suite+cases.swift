import SwellModel
import SwellTrial

extension TrialSuite {
  /// The cases of a text that has its workflow in it.
  static func cases(_ text: String) throws(DefinitionProblems) -> TrialSuite {
    try parse(Array(text.utf8), file: "w.test.yaml") { _ in nil }
  }

  /// One case with the members given, over a workflow with the nodes given, both as YAML.
  static func verdict(_ nodes: String, _ members: String) async throws -> TrialVerdict {
    func indented(_ text: String, _ by: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).map { by + $0 }
        .joined(separator: "\n")
    }
    let suite = try cases(
      "workflow:\n  workflow: w\n  nodes:\n\(indented(nodes, "    "))\ncases:\n  - name: only\n\(indented(members, "    "))\n"
    )
    guard let test = suite.cases.first else { throw TrialProblem("no_case", "there is no case") }
    return await test.run()
  }
}
