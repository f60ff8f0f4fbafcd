import ArgumentParser
import SwellBench

/// One of the worker processes that `swell bench` measures.
struct BenchWorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-worker", abstract: "A worker process of the benchmark.",
    shouldDisplay: false)

  @Argument(help: "The connection string of the benchmark's database.")
  var database: String

  @Option(help: "How many runs it holds at a time.")
  var concurrency: Int?

  @Option(help: "How many connections store results side by side.")
  var recorders: Int?

  func run() async throws {
    let worker = BenchWorker(database: database, concurrency: concurrency, recorders: recorders)
    do {
      try await Interruption.heed { try await worker.run() }
    } catch let failure as CommandFailure where failure.code == "interrupted" {
      // That is how the benchmark asks it to stop.
    }
  }
}
