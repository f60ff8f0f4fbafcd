import ArgumentParser
import Chaos
import Foundation

@main
struct ChaosCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "swell-chaos",
    abstract: "Breaks workers and databases under load, and says what was lost.",
    discussion: """
      Each case has a PostgreSQL of its own, and writes its effects into a ledger in another one. \
      Ends with 0 when every case held, with 1 when one did not, with 64 for wrong usage.
      """)

  @Argument(help: "The cases to run; all of them when none is named.")
  var names: [String] = []

  @Option(help: "Repeats the random choices of an earlier run.")
  var seed: UInt64?

  @Flag(help: "Lists the cases and what they do.")
  var list = false

  @Flag(help: "Only the short cases, as in scripts/test.")
  var sample = false

  @Flag(help: "One JSON object a case, each on a line of its own.")
  var json = false

  @Flag(help: "The table as Markdown.")
  var markdown = false

  @Flag(help: "A case that cannot run here counts as failed.")
  var strict = false

  func validate() throws {
    if json && markdown { throw ValidationError("--json and --markdown exclude each other") }
    _ = try chosen()
  }

  func run() async throws {
    let cases = try chosen()
    if list {
      for one in cases { print("\(one.name): \(one.summary)") }
      return
    }
    let seed = seed ?? UInt64.random(in: 0...UInt64(Int64.max))
    let screen = Screen(json: json, markdown: markdown)
    screen.begin(cases, seed: seed)
    let runner = ChaosRunner(seed: seed) { screen.progress($0, $1) }
    let reports = await Interruption.heed {
      var reports: [ChaosReport] = []
      for one in cases where !Task.isCancelled {
        let report = await runner.run(one)
        screen.show(report, of: one)
        reports.append(report)
      }
      await runner.end()
      return reports
    }
    screen.end(reports, of: cases.count, seed: seed)
    let failed = reports.contains { !$0.isGood || strict && $0.skipped != nil }
    if failed || reports.count < cases.count { throw ExitCode(1) }
  }

  private func chosen() throws -> [ChaosCase] {
    let named = try ChaosCatalog.cases(named: names)
    return sample ? named.filter(\.isInSample) : named
  }
}
