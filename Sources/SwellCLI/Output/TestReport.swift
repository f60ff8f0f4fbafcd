import ArgumentParser
import SwellModel
import SwellTrial

/// Tells how cases went, one after the other, and in the end how many.
struct TestReport {
  let isJSON: Bool
  let isVerbose: Bool
  private var passed = 0
  private var failed = 0
  private var broken = 0

  init(isJSON: Bool, isVerbose: Bool) {
    self.isJSON = isJSON
    self.isVerbose = isVerbose
  }

  mutating func begin(_ suite: TrialSuite) {
    if !isJSON { Terminal.line(Terminal.paint(suite.file, .bold)) }
  }

  /// A file that cannot be read.
  mutating func add(_ file: String, _ problems: DefinitionProblems) {
    broken += 1
    guard !isJSON else { return DefinitionCheck.tell(file, problems, isJSON: true) }
    Terminal.line(Terminal.paint(file, .bold))
    Terminal.line("  " + Terminal.paint("broken", .yellow))
    for line in problems.description.split(separator: "\n") {
      Terminal.line("    " + Words.clean(String(line)))
    }
  }

  mutating func add(_ suite: TrialSuite, _ verdict: TrialVerdict) {
    if verdict.problem != nil {
      broken += 1
    } else if verdict.passed {
      passed += 1
    } else {
      failed += 1
    }
    if isJSON {
      Terminal.line(TestReportJSON.value(suite, verdict, withEvents: isVerbose).payload.text)
    } else {
      tell(suite, verdict)
    }
  }

  private func tell(_ suite: TrialSuite, _ verdict: TrialVerdict) {
    let name = Words.clean(verdict.name)
    var word = Terminal.paint("passed", .green)
    if verdict.problem != nil {
      word = Terminal.paint("broken", .yellow)
    } else if !verdict.passed {
      word = Terminal.paint("FAILED", .red)
    }
    let took = verdict.result.map { $0.took > .zero ? "  (after \(Self.text($0.took)))" : "" } ?? ""
    Terminal.line("  \(word)  \(name)\(Terminal.paint(took, .gray))")
    if isVerbose, let result = verdict.result {
      for line in Self.timeline(result) { Terminal.line("    " + line) }
    }
    if let problem = verdict.problem {
      Terminal.line("    \(suite.file):\(Words.clean(problem.description))")
    }
    for failure in verdict.failures {
      Terminal.line(
        "    \(suite.file):\(failure.place.line):\(failure.place.column): \(Words.clean(failure.message))"
      )
      for difference in failure.differences { Terminal.line("      \(Words.clean(difference))") }
    }
  }

  /// Says how many, and ends the command as they went.
  func finish() throws {
    let count = passed + failed + broken
    if !isJSON {
      if count > 0 { Terminal.line() }
      var parts = ["\(passed) passed"]
      if failed > 0 { parts.append("\(failed) failed") }
      if broken > 0 { parts.append("\(broken) cannot be carried out") }
      Terminal.line("\(Words.count(count, "case")): \(parts.joined(separator: ", "))")
    }
    if broken > 0 { throw ExitCode(CommandFailure.Exit.data.rawValue) }
    if failed > 0 { throw ExitCode(CommandFailure.Exit.no.rawValue) }
    guard count > 0 else {
      throw CommandFailure(
        .data, "no_cases", "no case was run", remedy: "Look at what --filter leaves over.")
    }
  }

  private static func timeline(_ result: TrialResult) -> [String] {
    var table = Table(
      ["AFTER", "WAVE", "NODE", "ATTEMPT", ""], right: ["AFTER", "WAVE", "ATTEMPT"])
    var last: Duration?
    for event in result.events {
      let isRun = event.node == nil
      table.add([
        event.at == last ? "" : text(event.at), isRun ? "" : "\(event.wave)", event.name,
        event.attempt > 0 ? "\(event.attempt)" : "", words(event),
      ])
      last = event.at
    }
    return zip([nil] + result.events.map { Optional($0) }, table.lines()).map { event, line in
      Words.painted(line, state: event?.state)
    }
  }

  private static func words(_ event: TrialEvent) -> String {
    var words = event.state
    if let due = event.due {
      let span = text(due - event.at)
      words = event.state == "retrying" ? "again after \(span)" : "waits \(span) at most"
      if event.state == "waiting", event.detail == nil { words = "waits \(span)" }
    } else if event.state == "waiting" {
      words = "waits"
    }
    return words + (event.detail.map { (event.state == "waiting" ? ", " : ": ") + $0 } ?? "")
  }

  static func text(_ duration: Duration) -> String {
    duration == .zero ? "0s" : duration.text
  }
}
