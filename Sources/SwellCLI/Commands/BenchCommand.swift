import ArgumentParser
import SwellBench
import SwellLocal

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure throughput beside bare statements.",
    discussion: """
      Runs on a private server of its own, with fsync and synchronous_commit on. Each figure \
      stands beside its limit: the same rows stored by bare statements in the same run. Compare \
      ratios; figures of two machines, or of a busy one, do not compare.
      """)

  @Argument(
    help: "Only these cases: \(BenchCase.allCases.map(\.rawValue).joined(separator: ", ")).")
  var cases: [String] = []

  @Option(help: "How many seconds a case is to take, roughly.")
  var seconds = 5.0

  @OptionGroup var output: OutputOptions

  func validate() throws {
    for name in cases where BenchCase(rawValue: name) == nil {
      throw ValidationError("there is no case '\(name)'")
    }
    guard seconds > 0, seconds <= 600 else {
      throw ValidationError("--seconds is from above 0 to 600")
    }
  }

  func run() async throws {
    let server = try await PrivateServer.temporary(
      settings: [
        "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
        "shared_buffers": "1GB", "max_wal_size": "8GB",
      ])
    do {
      try await Interruption.heed { try await measure(on: server) }
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private func measure(on server: PrivateServer) async throws {
    let bench = try Bench(url: { server.url(database: $0) }, seconds: seconds)
    var table = Table(
      ["CASE", "WORKERS", "VALUE", "UNIT", "LIMIT", "RATIO"],
      right: ["WORKERS", "VALUE", "LIMIT", "RATIO"])
    let wanted = cases.isEmpty ? BenchCase.allCases : cases.compactMap(BenchCase.init(rawValue:))
    for name in wanted {
      if !output.isJSON { Terminal.note("measuring \(name.rawValue)") }
      let result = try await bench.run(name)
      if output.isJSON {
        Terminal.line(result.json)
      } else {
        table.add([
          result.name, "\(result.workers)", "\(Int(result.value))", result.unit,
          "\(Int(result.limit))", "\((result.ratio * 100).rounded() / 100)",
        ])
      }
    }
    if !output.isJSON { table.write() }
  }
}
