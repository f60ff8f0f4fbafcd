import ArgumentParser
import Foundation
import SwellModel
import SwellTrial

struct TestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run workflows in memory against given outputs; needs no database.",
    discussion: """
      A cases file names a workflow, and says what its nodes give, what reaches a run, and what is \
      expected of it. Time is the trial's own: waiting for days takes none. Of a folder, all files \
      named *.test.yaml, *.test.yml or *.test.json are taken, in the folders below it as well.
      Ends with 1 when a case is not as expected, and with 65 when one cannot be carried out.
      """)

  @Argument(
    help: ArgumentHelp("Cases files, or folders of them; else this folder.", valueName: "path"))
  var paths: [String] = []

  @Option(help: ArgumentHelp("Only cases with this in their name.", valueName: "text"))
  var filter: String?

  @Flag(help: "Show what happened in each case, and when.")
  var verbose = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let files = try CaseFiles.find(paths.isEmpty ? ["."] : paths)
    var report = TestReport(isJSON: output.isJSON, isVerbose: verbose)
    for file in files {
      let suite: TrialSuite
      do throws(DefinitionProblems) {
        suite = try TrialSuite.load(file)
      } catch {
        report.add(file, error)
        continue
      }
      let cases = suite.cases.filter { filter.map($0.name.contains) ?? true }
      guard !cases.isEmpty else { continue }
      report.begin(suite)
      for test in cases { report.add(suite, await test.run()) }
    }
    try report.finish()
  }
}
