import ArgumentParser
import SwellModel
import SwellPostgres
import SwellStore

/// Follows a run until it ends: redraws it on a terminal, else appends a line for each change.
struct RunWatch {
  var run: PostgresUUID
  var isJSON: Bool

  func follow(over connection: PostgresConnection) async throws {
    var drawn = 0
    var seen: [String: String] = [:]
    while true {
      let snapshot = try await RunSnapshot.read(run, over: connection)
      let hasEnded = snapshot.run.hasEnded
      if Terminal.isInteractive, !isJSON {
        var lines = RunDrawing(snapshot).lines(withErrors: hasEnded)
        // The cursor cannot go back to what has left the screen at the top.
        if !hasEnded { lines = Self.fit(lines) }
        let back = drawn > 0 ? "\u{1B}[\(drawn)A\r\u{1B}[J" : ""
        Terminal.write(back + lines.joined(separator: "\n") + "\n")
        drawn = lines.count
      } else {
        append(snapshot, &seen)
      }
      if hasEnded {
        guard snapshot.run.state == "succeeded" else { throw ExitCode(1) }
        return
      }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Lines that each take one row, as many as there are rows.
  private static func fit(_ lines: [String]) -> [String] {
    let size = Terminal.size
    var shown = lines
    if lines.count >= size.rows {
      let hidden = lines.count - max(4, size.rows - 2)
      shown = lines.prefix(3) + ["  … \(hidden) more"] + lines.suffix(max(1, size.rows - 5))
    }
    return shown.map { cut($0, to: size.columns - 1) }
  }

  /// The text up to a width; colors take none.
  private static func cut(_ text: String, to width: Int) -> String {
    var result = ""
    var count = 0
    var isEscape = false
    for character in text {
      if character == "\u{1B}" { isEscape = true }
      if isEscape {
        result.append(character)
        if character == "m" { isEscape = false }
      } else if count < width {
        result.append(character)
        count += 1
      }
    }
    return result
  }

  private func append(_ snapshot: RunSnapshot, _ seen: inout [String: String]) {
    for node in snapshot.nodes {
      let key = "\(node.node)[\(node.item).\(node.iteration)]"
      let state = "\(node.state) \(node.attempt)"
      guard seen[key] != state else { continue }
      seen[key] = state
      if isJSON {
        Terminal.line(RunReport.json(node).payload.text)
      } else {
        var line = "\(Words.clock(node.finished ?? snapshot.now))  wave \(node.wave)  "
        line += "\(node.node)  \(node.state)  attempt \(node.attempt)"
        line += "  \(snapshot.name(of: node.worker))"
        if node.error != nil { line += "  " + Words.error(node.error) }
        Terminal.line(line)
      }
    }
    let state = "\(snapshot.run.state) \(snapshot.name(of: snapshot.run.worker))"
    guard seen["run"] != state else { return }
    seen["run"] = state
    if isJSON {
      Terminal.line(RunReport.json(snapshot.run).payload.text)
    } else {
      Terminal.line(
        "\(Words.clock(snapshot.run.finished ?? snapshot.now))  run  \(state)"
          + (snapshot.run.error.map { "  " + Words.error($0) } ?? ""))
    }
  }
}
