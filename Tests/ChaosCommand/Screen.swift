import Chaos
import Foundation

/// What a person or a program sees: results on stdout, the rest on stderr.
struct Screen: Sendable {
  var json: Bool
  var markdown: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1

  init(json: Bool, markdown: Bool) {
    self.json = json
    self.markdown = markdown
  }

  func begin(_ cases: [ChaosCase], seed: UInt64) {
    tell("seed \(seed), \(cases.count) cases\n")
    if json { return }
    if markdown {
      write("| case | runs | lost | doubled | stranded | resumed | what happens |\n")
      write("|---|---|---|---|---|---|---|\n")
    } else {
      write(row("case", "ok", "runs", "lost", "doubled", "stranded", "resumed", "took") + "\n")
    }
  }

  func progress(_ name: String, _ words: String) {
    if isTerminal { tell("\r\u{1B}[K\(name): \(words)") }
  }

  func show(_ report: ChaosReport, of one: ChaosCase) {
    if isTerminal { tell("\r\u{1B}[K") }
    if json {
      write(report.json + "\n")
    } else if markdown {
      write(markdownRow(report, one) + "\n")
    } else {
      write(tableRow(report) + "\n")
    }
    guard !json else { return }
    if let skipped = report.skipped { tell("  skipped: \(skipped)\n") }
    for finding in report.findings { tell("  \(finding)\n") }
    if let folder = report.folder { tell("  logs: \(folder)\n") }
    if !markdown, !report.figures.isEmpty {
      let figures = report.figures.sorted { $0.key < $1.key }.map { "\($0.key) \(whole($0.value))" }
      tell("  \(figures.joined(separator: ", "))\n")
    }
  }

  func end(_ reports: [ChaosReport], of count: Int, seed: UInt64) {
    let good = reports.count { $0.isGood && $0.skipped == nil }
    let skipped = reports.count { $0.skipped != nil }
    let bad = reports.count { !$0.isGood }
    var words = "\(good) of \(count) cases held"
    if bad > 0 { words += ", \(bad) did not" }
    if skipped > 0 { words += ", \(skipped) skipped" }
    tell("\(words); seed \(seed)\n")
  }

  private func tableRow(_ report: ChaosReport) -> String {
    let verdict = report.skipped != nil ? "skip" : report.isGood ? "yes" : "NO"
    return row(
      report.name, verdict, "\(report.runs)", "\(report.lost)", "\(report.doubled)",
      "\(report.stranded)", time(report.resumedMilliseconds), "\(whole(report.seconds)) s")
  }

  private func markdownRow(_ report: ChaosReport, _ one: ChaosCase) -> String {
    let cells =
      report.skipped.map { ["-", "-", "-", "-", "skipped: \($0)"] }
      ?? [
        grouped(report.runs), "\(report.lost)", "\(report.doubled)", "\(report.stranded)",
        report.resumedMilliseconds.map(readable) ?? "-",
      ]
    let more = details(report.figures)
    let summary = one.summary + (more.isEmpty ? "" : " (\(more))")
    return "| `\(report.name)` | \(cells.joined(separator: " | ")) | \(summary) |"
  }

  /// What a case has to show besides.
  private func details(_ figures: [String: Double]) -> String {
    var parts: [String] = []
    if let kills = figures["kills_in_flight"], let p50 = figures["resumed_p50_ms"],
      let p99 = figures["resumed_p99_ms"], let all = figures["all_resumed_p99_ms"]
    {
      parts.append(
        "\(grouped(Int(kills))) with nodes in flight; p50 \(readable(p50)), p99 \(readable(p99)); all of them p99 \(readable(all))"
      )
    }
    if let effects = figures["effects"] { parts.append("\(grouped(Int(effects))) effects") }
    return parts.joined(separator: "; ")
  }

  private func readable(_ milliseconds: Double) -> String {
    milliseconds < 1000
      ? "\(whole(milliseconds)) ms" : "\((milliseconds / 100).rounded() / 10) s"
  }

  private func grouped(_ number: Int) -> String {
    let digits = Array("\(number)")
    return digits.indices.reduce(into: "") { text, at in
      if at > 0, (digits.count - at) % 3 == 0 { text += "," }
      text.append(digits[at])
    }
  }

  private func row(_ cells: String...) -> String {
    var text = cells[0].padding(toLength: 34, withPad: " ", startingAt: 0)
    for cell in cells.dropFirst() {
      text += String(repeating: " ", count: max(1, 10 - cell.count)) + cell
    }
    return text
  }

  private func time(_ milliseconds: Double?) -> String {
    milliseconds.map { "\(whole($0)) ms" } ?? "-"
  }

  private func whole(_ number: Double) -> String { "\(Int(number.rounded()))" }

  private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
  private func tell(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
