import ArgumentParser
import SwellModel
import SwellPostgres
import SwellStore

struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a run: its nodes by wave, its failed attempts, its errors whole.",
    discussion: "With --watch it ends with the run: 0 when it succeeded, else 1.")

  @Argument(help: "The run.")
  var runID: RunID

  @Flag(help: "Go on until the run ends: redrawn on a terminal, else one line a change.")
  var watch = false

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let (id, watch, isJSON) = (runID.uuid, watch, output.isJSON)
    try await database.withConnection { connection in
      if watch {
        try await Interruption.heed("The run goes on.") {
          try await RunWatch(run: id, isJSON: isJSON).follow(over: connection)
        }
      } else {
        let snapshot = try await RunSnapshot.read(id, over: connection)
        if isJSON {
          Terminal.line(snapshot.json.payload.text)
        } else {
          for line in RunDrawing(snapshot).lines(withErrors: true) { Terminal.line(line) }
        }
      }
    }
  }
}
