import ArgumentParser
import SwellBench
import SwellLocal

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure speed and cost beside bare statements.",
    discussion: """
      Runs on a private server of its own, with fsync and synchronous_commit on. Each figure \
      stands beside its limit: the same rows stored by bare statements in the same run. Compare \
      ratios; figures of two machines, or of a busy one, do not compare, so let nothing else run \
      meanwhile. docs/benchmarks.md says what each case does.

      Cases: \(BenchCase.allCases.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: "; ")).
      """)

  @Argument(help: "Only these cases.")
  var cases: [String] = []

  @Option(help: "How many seconds a case is to take, roughly.")
  var seconds = 5.0

  @Option(help: "Throughput with so many worker processes, one figure each: 1,2,4.")
  var workers = "1"

  @Option(help: "How many recorders a worker has; without it the worker's default.")
  var recorders: Int?

  @Option(help: "How many runs a worker holds at a time; without it the worker's default.")
  var concurrency: Int?

  @Option(help: "How many rows stand behind a claim.")
  var rows = 1_000_000

  @Option(help: "How many seconds the snapshot is held.")
  var hold = 30.0

  @Option(
    help: ArgumentHelp(
      "A program that measures another system on a database of the same server, after the cases; repeat it.",
      valueName: "program"))
  var peer: [String] = []

  @OptionGroup var output: OutputOptions

  func validate() throws {
    for name in cases where BenchCase(rawValue: name) == nil {
      throw ValidationError(
        "there is no case '\(name)': \(BenchCase.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard seconds > 0, seconds <= 600 else {
      throw ValidationError("--seconds is from above 0 to 600")
    }
    guard let counts, !counts.isEmpty else {
      throw ValidationError(
        "--workers takes numbers from 1 to 64 with commas between, such as 1,2,4")
    }
    guard recorders.map({ (1...16).contains($0) }) ?? true else {
      throw ValidationError("--recorders is from 1 to 16")
    }
    guard concurrency.map({ (1...100_000).contains($0) }) ?? true else {
      throw ValidationError("--concurrency is from 1 to 100000")
    }
    guard rows >= 10_000, rows <= 100_000_000 else {
      throw ValidationError("--rows is from 10000 to 100000000")
    }
    guard hold > 0, hold <= 86_400 else {
      throw ValidationError("--hold is from above 0 to 86400 seconds")
    }
  }

  private var counts: [Int]? {
    let words = workers.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int($0) }.filter { (1...64).contains($0) }
    return numbers.count == words.count ? numbers : nil
  }

  func run() async throws {
    let program = try OwnProgram.path()
    let server = try await PrivateServer.temporary(
      settings: [
        "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
        "shared_buffers": "1GB", "max_wal_size": "8GB",
      ])
    do {
      try await Interruption.heed { try await measure(on: server, program: program) }
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private func measure(on server: PrivateServer, program: String) async throws {
    let bench = try Bench(
      url: { server.url(database: $0) }, postmaster: server.postmasterPID, program: program,
      options: BenchOptions(
        seconds: seconds, workers: counts ?? [1], recorders: recorders, concurrency: concurrency,
        rows: rows, hold: hold))
    var table = Table(
      [
        "CASE", "WORKERS", "VALUE", "UNIT", "LIMIT", "RATIO", "P50 MS", "P95", "P99", "CLIENT US",
        "SERVER US", "STATEMENTS", "COMMITS", "WAL B", "IMAGES B",
      ],
      right: [
        "WORKERS", "VALUE", "LIMIT", "RATIO", "P50 MS", "P95", "P99", "CLIENT US", "SERVER US",
        "STATEMENTS", "COMMITS", "WAL B", "IMAGES B",
      ])
    let wanted = cases.isEmpty ? BenchCase.allCases : cases.compactMap(BenchCase.init(rawValue:))
    for name in wanted {
      if !output.isJSON { Terminal.note("measuring \(name.rawValue): \(name.summary)") }
      for result in try await bench.run(name) {
        if output.isJSON { Terminal.line(result.json) } else { table.add(cells(result)) }
      }
    }
    for program in peer {
      if !output.isJSON { Terminal.note("measuring \(program)") }
      do {
        for result in try await bench.peer(program) {
          if output.isJSON { Terminal.line(result.json) } else { table.add(cells(result)) }
        }
      } catch let failure as PeerFailure {
        if !output.isJSON { table.write() }
        throw CommandFailure(.unavailable, "peer_failed", "\(failure)")
      }
    }
    guard !output.isJSON else { return }
    table.write()
    Terminal.note(
      "per wave step: client us, server us, wal b, of it images of whole pages; per run: statements, commits"
    )
  }

  private func cells(_ result: BenchResult) -> [String] {
    func number(_ value: Double?) -> String {
      guard let value else { return "-" }
      if value >= 100 { return "\(Int(value.rounded()))" }
      return "\((value * 100).rounded() / 100)"
    }
    return [
      result.name, "\(result.workers)", number(result.value), result.unit, number(result.limit),
      number(result.ratio), number(result.latency?.p50), number(result.latency?.p95),
      number(result.latency?.p99), number(result.cost?.client), number(result.cost?.server),
      number(result.cost?.statements), number(result.cost?.commits),
      number(result.cost?.walPerStep), number(result.cost?.pageImages),
    ]
  }
}
