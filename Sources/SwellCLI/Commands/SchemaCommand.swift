import ArgumentParser
import SwellModel

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of workflow definitions, for editors; needs no database.",
    discussion: """
      Save it and name it in your editor: docs/editors.md says where. What it cannot know, such as \
      whether an id exists, 'swell validate' says.
      """)

  func run() {
    var writer = JSONWriter()
    writer.indented(DefinitionSchema.make())
    Terminal.line(writer.payload.text)
  }
}
