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
    let isJSON = output.isJSON
    var isGood = true
    for file in files {
      guard let read = DefinitionCheck.read([file], isJSON: isJSON)?.first else {
        isGood = false
        continue
      }
      report(file, read.definition.workflow)
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
}
