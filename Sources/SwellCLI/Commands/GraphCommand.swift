import ArgumentParser
import Foundation
import SwellGraph
import SwellModel
import SwellPostgres
import SwellStore

struct GraphCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draw a workflow: as text, SVG or Mermaid.",
    discussion: """
      A file needs no database; a name is the workflow as it was applied. With --run the nodes have \
      the states of that run, and its version of the workflow is drawn.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument, Sendable {
    case text, svg, mermaid
  }

  @Argument(
    help: ArgumentHelp(
      "A YAML or JSON file, - for standard input, or the name of a workflow.",
      valueName: "file|name"))
  var workflow: String?

  @Option(help: "How it is drawn.")
  var format = Format.text

  @Option(help: "The run whose states are shown.")
  var run: RunID?

  @Option(help: "The version of a workflow that is drawn by its name; else the current one.")
  var version: Int?

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if run != nil, workflow != nil || version != nil {
      throw ValidationError("A run has its own workflow and version: give --run alone.")
    }
    if run == nil, workflow == nil {
      throw ValidationError("Say what is to be drawn: a file, the name of a workflow, or --run.")
    }
    if version != nil, let workflow, isFile(workflow) {
      throw ValidationError("--version is for a workflow that is drawn by its name.")
    }
  }

  func run() async throws {
    if let run {
      try await draw(run: run.uuid)
    } else if let workflow {
      write(WorkflowDrawing(try await read(workflow)))
    }
  }

  /// What is no name can only be a file; of what may be either, the file that is there wins.
  private func isFile(_ text: String) -> Bool {
    text == "-" || text.contains("/") || text.contains(".")
      || FileManager.default.fileExists(atPath: text)
  }

  private func read(_ name: String) async throws -> Workflow {
    if isFile(name) { return try DefinitionFile.read(name).workflow }
    let version = version
    return try await database.withConnection { connection in
      try await Self.applied(name, version, over: connection)
    }
  }

  private static func applied(
    _ name: String, _ version: Int?, over connection: PostgresConnection
  ) async throws -> Workflow {
    let limit = DatabaseOptions.limit
    if let row = try await WorkflowsView.version(
      version, of: name, over: connection, within: limit)
    {
      return try WorkflowDefinition(stored: row.definition).workflow
    }
    let names = try await WorkflowsView.names(over: connection, within: limit)
    if names.contains(name), let version {
      throw CommandFailure(
        .data, "SW001", "the workflow '\(name)' has no version \(version)",
        remedy: "Leave --version out for the current one.")
    }
    throw CommandFailure(
      .data, "SW001", "there is no workflow '\(name)', and no file of that name",
      remedy: NearestName.find(name, among: names).map { "Did you mean '\($0)'?" }
        ?? "Store it first with: swell apply FILE")
  }

  private func draw(run id: PostgresUUID) async throws {
    let drawing = try await database.withConnection { connection in
      let limit = DatabaseOptions.limit
      let row = try await RunWaiter.find(id, over: connection)
      let workflow = try await Self.applied(row.workflow, row.version, over: connection)
      let nodes = try await RunNodesView.nodes(of: id, over: connection, within: limit)
      var states: [String: String] = [:]
      // Row 0 is the whole of a map or a loop; until it is there, its parts say that it is on its way.
      for node in nodes where node.item > 0 || node.iteration > 0 { states[node.node] = "running" }
      for node in nodes where node.item == 0 && node.iteration == 0 {
        states[node.node] = node.state
      }
      return WorkflowDrawing(workflow, states: states)
    }
    write(drawing)
  }

  private func write(_ drawing: WorkflowDrawing) {
    switch format {
    case .svg: Terminal.write(drawing.svg)
    case .mermaid: Terminal.write(drawing.mermaid)
    case .text:
      for line in drawing.text {
        if line.rails.isEmpty, line.node == nil {
          Terminal.line(Terminal.paint(line.text, .bold))
        } else {
          Terminal.line(Words.painted(line.text, state: line.state))
        }
      }
    }
  }
}
