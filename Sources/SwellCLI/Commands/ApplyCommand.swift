import ArgumentParser
import SwellModel
import SwellStore

struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Store workflow definitions; the same content is the same version.",
    discussion: "Nothing is stored unless all files are good.")

  @Argument(help: ArgumentHelp("YAML or JSON files; - is standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    guard let good = DefinitionCheck.read(files, isJSON: output.isJSON) else {
      if !output.isJSON { Terminal.note("nothing was stored") }
      throw ExitCode(CommandFailure.Exit.data.rawValue)
    }
    let definitions = good.map(\.definition)
    let isJSON = output.isJSON
    try await database.withConnection { connection in
      for definition in definitions {
        let reply = try await ApplyCall.apply(
          definition, over: connection, within: DatabaseOptions.limit)
        Self.report(definition.workflow.name, reply, isJSON: isJSON)
      }
    }
  }

  private static func report(_ workflow: String, _ reply: ApplyCall.Reply, isJSON: Bool) {
    if isJSON {
      var fields = JSONFields()
      fields.add("workflow", workflow)
      fields.add("version", reply.version)
      fields.add("is_new", reply.isNew)
      fields.add("missing_kinds", reply.missingKinds)
      fields.print()
    } else {
      Terminal.line("\(workflow) version \(reply.version), \(reply.isNew ? "new" : "known")")
    }
    for kind in reply.missingKinds {
      let remedy =
        KindCatalog.standard.kinds[kind]?.flag.map { " that is started with \($0)" } ?? ""
      Terminal.warn(
        "no live worker has \(kind); runs of \(workflow) wait for one\(remedy) [missing_kind]")
    }
  }
}
