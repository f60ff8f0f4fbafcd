import ArgumentParser
import SwellModel

struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check workflow definitions; needs no database.",
    discussion: "All problems are shown, each with its place. Ends with 65 when there are any.")

  @Argument(help: ArgumentHelp("YAML or JSON files; - is standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup var output: OutputOptions

  func run() async throws {
    var isGood = true
    for file in files {
      do {
        let workflow = try DefinitionFile.read(file).workflow
        report(file, workflow)
      } catch let found as DefinitionProblems {
        isGood = false
        report(file, found)
      }
    }
    if !isGood { throw ExitCode(CommandFailure.Exit.data.rawValue) }
  }

  private func report(_ file: String, _ workflow: Workflow) {
    guard output.isJSON else {
      let nodes = Words.count(workflow.nodes.count, "node")
      return Terminal.line("\(file): workflow \(workflow.name), \(nodes), no problems")
    }
    var fields = JSONFields()
    fields.add("file", file)
    fields.add("workflow", workflow.name)
    fields.add("problems", JSONValue.array([]))
    fields.print()
  }

  private func report(_ file: String, _ found: DefinitionProblems) {
    guard output.isJSON else { return Terminal.note(found.description) }
    var fields = JSONFields()
    fields.add("file", file)
    fields.add("workflow", String?.none)
    fields.add(
      "problems",
      JSONValue.array(
        found.problems.map { problem in
          var fields = JSONFields()
          fields.add("code", problem.code)
          fields.add("message", problem.message)
          fields.add("path", problem.path)
          fields.add("line", problem.line)
          fields.add("column", problem.column)
          fields.add("suggestion", problem.suggestion)
          return fields.value
        }))
    fields.print()
  }
}
