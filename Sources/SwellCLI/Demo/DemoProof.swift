import SwellModel
import SwellPostgres
import SwellStore

/// What the demo promised, held against the tables and against the ledger of the steps.
struct DemoProof {
  private struct Promise {
    var isKept: Bool
    var words: String
  }

  private var promises: [Promise] = []
  private var attempts: [String] = []

  var isKept: Bool { promises.allSatisfy(\.isKept) }

  /// - Parameter sink: what the last step wrote, and how many rows the exactly-once sink made.
  init(_ end: RunSnapshot, stage: DemoStage, ledger: [DemoLedger.Entry], sink: DemoSink) {
    check(end.run.state == "succeeded", "the run succeeded (it is \(end.run.state))")
    checkRetry(end, stage)
    checkFallback(end)
    checkRescue(end, stage)
    checkOnce(end, stage, ledger)
    checkMap(end, stage)
    checkSink(end, sink)
  }

  func write() {
    for promise in promises {
      let mark = promise.isKept ? Terminal.paint("kept", .green) : Terminal.paint("BROKEN", .red)
      Terminal.line("  \(mark)  \(promise.words)")
    }
    for attempt in attempts { Terminal.line("          \(attempt)") }
  }

  private mutating func check(_ isKept: Bool, _ words: String) {
    promises.append(Promise(isKept: isKept, words: words))
  }

  private mutating func checkRetry(_ end: RunSnapshot, _ stage: DemoStage) {
    let failures = end.failedAttempts.filter { $0.node == "lines" && Self.kind($0) == "process" }
    let row = end.nodes.first { $0.node == "lines" }
    check(
      failures.count == 2 && row?.state == "succeeded",
      "lines failed \(failures.count) times and then succeeded at attempt \(row?.attempt ?? 0)")
    for (number, delay) in [(2, 100), (3, 200)] {
      let failed = failures.first { $0.attempt == number - 1 }?.at
      let due = stage.due["lines"]?[number]
      let next = number == row?.attempt ? row?.started : nil
      guard let failed, let due else {
        check(false, "attempt \(number) of lines has a scheduled_at in the tables")
        continue
      }
      let waited = due.elapsed(since: failed)
      var words =
        "attempt \(number) was scheduled \(Words.duration(waited)) after the failure (\(delay) ms)"
      var isKept = waited >= .milliseconds(delay - 5) && waited < .milliseconds(delay + 100)
      if let next {
        let late = next.elapsed(since: due)
        words += " and started \(late.microseconds / 1000) ms after that, not before"
        // Workers send durations: two of them in two calls agree to a few milliseconds.
        isKept = isKept && late > .milliseconds(-10)
      }
      check(isKept, words)
    }
  }

  private mutating func checkFallback(_ end: RunSnapshot) {
    let primary = end.nodes.first { $0.node == "changes" }
    let fallback = end.nodes.first { $0.node == "by_date" }
    let read = fallback?.output.flatMap { try? JSONValue.parse($0) }?["because"]?.string ?? ""
    check(
      primary?.error != nil && fallback?.state == "succeeded" && read.contains("no index"),
      "changes failed for good, by_date stood in and read $primaryError: \(read)")
  }

  private mutating func checkRescue(_ end: RunSnapshot, _ stage: DemoStage) {
    guard let kill = stage.kill else {
      check(false, "a worker was killed in the middle of a wave")
      return
    }
    let after = end.nodes.filter { node in
      node.worker != kill.worker && node.started.map { $0 > kill.at } ?? false
    }
    guard let first = after.min(by: { ($0.started ?? kill.at) < ($1.started ?? kill.at) }) else {
      check(false, "another worker went on after \(kill.name) was killed")
      return
    }
    let start = first.started ?? kill.at
    let resumed = stage.rescue.map { min($0.at, start) } ?? start
    check(
      resumed.elapsed(since: kill.at) < .seconds(12),
      "\(kill.name) was killed; resumed by \(end.name(of: first.worker)) after "
        + "\(Words.span(kill.at, resumed)), which started \(first.node) "
        + "\(Words.span(kill.at, start)) after the kill")
  }

  private mutating func checkOnce(
    _ end: RunSnapshot, _ stage: DemoStage, _ ledger: [DemoLedger.Entry]
  ) {
    guard let kill = stage.kill else { return }
    let changed = kill.stored.filter { before in !end.nodes.contains(before) }
    let items = kill.stored.count { $0.item > 0 }
    var names = kill.stored.filter { $0.item == 0 }.map(\.node).joined(separator: ", ")
    if items > 0 { names += ", and \(Words.count(items, "item")) of measure" }
    check(
      !kill.stored.isEmpty && changed.isEmpty,
      "what \(kill.name) had stored is untouched: \(names)")
    let repeated = kill.stored.map(\.label).filter { node in
      ledger.contains { $0.node == node && $0.at > kill.at.microseconds }
    }
    check(
      repeated.isEmpty && !ledger.isEmpty,
      repeated.isEmpty
        ? "none of these was executed after the kill (ledger of \(ledger.count) executions)"
        : "executed again after the kill: \(repeated.joined(separator: ", "))")
    let rows = Dictionary(grouping: end.nodes, by: \.label)
    let twice = rows.filter { $0.value.count != 1 }.keys.sorted()
    check(
      twice.isEmpty && rows["report"] != nil,
      "every node and item has exactly one row: \(end.nodes.count) of them, "
        + "\(end.failedAttempts.count) failed attempts beside them")
    attempts = end.failedAttempts.map { attempt in
      "attempt \(attempt.attempt ?? 0) of \(attempt.node ?? "?") on "
        + "\(end.name(of: attempt.worker)): \(Words.error(attempt.detail))"
    }
  }

  /// Those items that the dead worker had stored stay as they are, and the others are there.
  private mutating func checkMap(_ end: RunSnapshot, _ stage: DemoStage) {
    let items = end.nodes.filter { $0.node == "measure" && $0.item > 0 }
    let before = stage.kill?.stored.count { $0.item > 0 } ?? 0
    check(
      !items.isEmpty && items.allSatisfy { $0.state == "succeeded" }
        && items.map(\.item).sorted() == Array(1...items.count),
      "the map has all its \(items.count) items, \(before) of them from before the kill")
    let branch = ["advise", "praise"].map { name in
      end.nodes.first { $0.node == name }?.state ?? "missing"
    }
    check(
      branch.sorted() == ["skipped", "succeeded"],
      "the branch took one way: advise \(branch[0]), praise \(branch[1])")
  }

  private mutating func checkSink(_ end: RunSnapshot, _ sink: DemoSink) {
    let items = end.nodes.count { $0.node == "measure" && $0.item > 0 }
    check(
      sink.rows == items && sink.distinct == items,
      "the sql sink made its rows exactly once: \(sink.rows) rows for \(items) items")
    let told = end.nodes.first { $0.node == "save" }?.output.flatMap { try? JSONValue.parse($0) }
    check(
      sink.file.map(SHA256.text(of:)) == told?["sha256"]?.string && told != nil,
      "the report is on disk, whole: \(told?["bytes"]?.int ?? 0) bytes with the hash that its node gave"
    )
  }

  private static func kind(_ attempt: RunTimelineView.Row) -> String? {
    attempt.detail.flatMap { try? JSONValue.parse($0) }?["kind"]?.string
  }
}
