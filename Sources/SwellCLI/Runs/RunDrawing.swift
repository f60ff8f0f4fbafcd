import SwellModel
import SwellPostgres
import SwellStore

/// A run as lines of text.
struct RunDrawing {
  private let snapshot: RunSnapshot

  init(_ snapshot: RunSnapshot) {
    self.snapshot = snapshot
  }

  /// - Parameter withErrors: adds every failed attempt with its whole error, and the output.
  func lines(withErrors: Bool) -> [String] {
    var lines = heading() + waves()
    guard withErrors else { return lines }
    lines += attempts()
    let told = Set(snapshot.failedAttempts.compactMap(\.detail))
    for node in snapshot.nodes where node.state == "failed" {
      if let error = node.error, !told.contains(error) {
        lines += ["", "error of \(node.node)", Words.pretty(error, indent: "  ")]
      }
    }
    if let error = snapshot.run.error {
      lines += ["", "error of the run", Words.pretty(error, indent: "  ")]
    }
    if let output = snapshot.run.output {
      lines += ["", "output", Words.pretty(output, indent: "  ")]
    }
    return lines
  }

  private func heading() -> [String] {
    let run = snapshot.run
    let took = Words.span(run.created, run.finished ?? snapshot.now)
    var lines = [
      "run \(run.run)  \(RunReport.colored(run.state))"
        + (run.hasEnded ? " after \(took)" : ", \(took) after it was enqueued"),
      "\(run.workflow) v\(run.version), queue \(run.queue), priority \(run.priority), "
        + "enqueued \(Words.moment(run.created)) UTC",
    ]
    if let worker = run.worker {
      lines.append("held by \(snapshot.name(of: worker)) since \(Words.clock(run.claimed))")
    } else if !run.hasEnded, let due = run.scheduled, due > snapshot.now {
      lines.append("due in \(Words.span(snapshot.now, due))")
    }
    if let kinds = run.waitsFor {
      let lack = kinds.isEmpty ? "serves" : "of"
      let what = kinds.isEmpty ? "" : " has \(kinds.joined(separator: ", "))"
      lines.append(
        Terminal.paint("waits: no live worker \(lack) queue \(run.queue)\(what)", .yellow))
    }
    if let crashes = run.crashes, crashes > 0 {
      lines.append("\(Words.count(crashes, "worker")) died while holding it")
    }
    return lines
  }

  private func waves() -> [String] {
    var table = Table(
      ["NODE", "STATE", "ATTEMPT", "TOOK", "WORKER", ""], right: ["ATTEMPT", "TOOK"])
    for node in snapshot.nodes {
      table.add([
        node.label, node.state + (node.isDegraded ? " (degraded)" : ""), "\(node.attempt)",
        Words.span(node.started, node.finished), snapshot.name(of: node.worker), remark(node),
      ])
    }
    guard !snapshot.nodes.isEmpty else {
      return snapshot.run.worker == nil ? [] : ["", "wave 0 is running"]
    }
    let drawn = table.lines(indent: "  ")
    var lines = ["", drawn[0]]
    var wave: Int?
    for (node, line) in zip(snapshot.nodes, drawn.dropFirst()) {
      if node.wave != wave {
        wave = node.wave
        lines.append(Terminal.paint("wave \(node.wave)", .bold))
      }
      lines.append(Words.painted(line, state: node.state))
    }
    if snapshot.run.state == "running", let running = snapshot.run.wave, running > wave ?? -1 {
      lines.append(Terminal.paint("wave \(running) is running", .blue))
    }
    return lines
  }

  private func remark(_ node: RunNodesView.Row) -> String {
    if node.state == "waiting", node.error == nil { return waits(node) }
    if node.state == "retrying" || node.state == "waiting", let due = node.scheduled {
      return "again at \(Words.clock(due)): \(Words.error(node.error))"
    }
    return Words.error(node.error)
  }

  /// What a control node waits for: days may pass, so it says the date.
  private func waits(_ node: RunNodesView.Row) -> String {
    let asked = node.input.flatMap { try? JSONValue.parse($0) }
    let until = node.scheduled.map { "until \(Words.moment($0))" }
    let what =
      asked?["title"]?.string.map { "asks: \(Words.clean($0))" }
      ?? asked?["signal"]?.string.map { "for the signal \($0)" }
      ?? asked?["run"]?.string.map { "for the run \($0)" }
    return [what, until].compactMap { $0 }.joined(separator: ", ")
  }

  private func attempts() -> [String] {
    guard !snapshot.failedAttempts.isEmpty else { return [] }
    var lines = ["", "failed attempts"]
    for attempt in snapshot.failedAttempts {
      lines.append(
        "  \(attempt.node ?? "?") attempt \(attempt.attempt ?? 0)  \(Words.clock(attempt.at))  "
          + "\(snapshot.name(of: attempt.worker))  \(Words.error(attempt.detail))")
      if let error = attempt.detail { lines.append(Words.pretty(error, indent: "    ")) }
    }
    return lines
  }
}
