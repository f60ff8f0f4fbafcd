import ArgumentParser
import SwellModel
import SwellStore

struct RunsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs", abstract: "List runs, the youngest first.")

  enum State: String, CaseIterable, ExpressibleByArgument, Sendable {
    case queued, running, retrying, waiting, paused, succeeded, failed, cancelled
  }

  @Option(help: "Only runs in this state.")
  var state: State?

  @Option(help: "Only runs of this workflow.")
  var workflow: String?

  @Option(help: "Only runs of this queue.")
  var queue: String?

  @Option(help: "How many at most.")
  var limit = 20

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit must be above 0") }
  }

  func run() async throws {
    let (state, workflow, queue, limit) = (state?.rawValue, workflow, queue, limit)
    let list = try await database.withConnection { connection in
      try await RunsView.list(
        state: state, workflow: workflow, queue: queue, count: limit, over: connection,
        within: DatabaseOptions.limit)
    }
    if output.isJSON {
      for run in list { Terminal.line(RunReport.json(run).payload.text) }
      return
    }
    var table = Table(["RUN", "WORKFLOW", "STATE", "QUEUE", "CREATED", "TOOK", "ERROR"])
    for run in list {
      table.add([
        "\(run.run)", "\(run.workflow) v\(run.version)", run.state, run.queue,
        Words.moment(run.created), Words.span(run.created, run.finished), Words.error(run.error),
      ])
    }
    list.isEmpty ? Terminal.note("no runs") : table.write()
  }
}
