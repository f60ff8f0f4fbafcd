import SwellPostgres
import SwellStore

/// Watches the run in the views, and kills its worker in the middle of the second wave.
struct DemoStage {
  /// What the tables said at the moment of the kill.
  struct Kill: Sendable {
    var worker: PostgresUUID
    var name: String
    /// By the database's clock, read right before the signal.
    var at: DatabaseTime
    /// The nodes whose success was stored.
    var stored: [RunNodesView.Row]
  }

  let run: PostgresUUID
  private let workers: [DemoWorker]
  private(set) var kill: Kill?
  /// Who claimed the run after the kill, and when.
  private(set) var rescue: (worker: PostgresUUID, at: DatabaseTime)?
  /// When the tables said that an attempt of a node is due, by node and number.
  private(set) var due: [String: [Int: DatabaseTime]] = [:]
  private var told: Set<String> = []
  private var secondWave: ContinuousClock.Instant?

  private static let patience = Duration.seconds(60)

  init(run: PostgresUUID, workers: [DemoWorker]) {
    self.run = run
    self.workers = workers
  }

  /// Returns when the run has ended.
  mutating func untilEnd(over connection: PostgresConnection) async throws {
    let deadline = ContinuousClock.now + Self.patience
    while true {
      let limit = DatabaseOptions.limit
      let row = try await RunWaiter.find(run, over: connection)
      let nodes = try await RunNodesView.nodes(of: run, over: connection, within: limit)
      for node in nodes { note(node) }
      if row.hasEnded {
        Terminal.line("  \(Words.clock(row.finished))  the run \(RunReport.colored(row.state))")
        return
      }
      if let kill, rescue == nil, let worker = row.worker, worker != kill.worker,
        let claimed = row.claimed
      {
        rescue = (worker, claimed)
        let after = Words.span(kill.at, claimed)
        Terminal.line(
          "  \(Words.clock(claimed))  another worker has claimed the run, \(after) after the kill")
      }
      if kill == nil, let holder = row.worker, isTime(nodes) {
        try await strike(holder, over: connection)
      }
      guard ContinuousClock.now < deadline else {
        throw CommandFailure(
          .timedOut, "demo_timeout",
          "the run did not end within a minute: it is \(row.state); examine a smaller folder")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// The parallel steps are done but for the slow one; or time is short.
  private mutating func isTime(_ nodes: [RunNodesView.Row]) -> Bool {
    let stored = Set(nodes.filter { $0.state == "succeeded" }.map(\.node))
    guard stored.contains("list"), !stored.contains("duplicates") else { return false }
    let items = nodes.count { $0.item > 0 && $0.state == "succeeded" }
    let since = secondWave ?? ContinuousClock.now
    secondWave = since
    // In the middle of the map, too.
    if stored.isSuperset(of: ["lines", "largest", "by_date"]), items > 0 { return true }
    return stored.count > 1 && ContinuousClock.now - since > .milliseconds(1500)
  }

  private mutating func strike(
    _ holder: PostgresUUID, over connection: PostgresConnection
  ) async throws {
    let limit = DatabaseOptions.limit
    let rows = try await WorkersView.list(over: connection, within: limit)
    guard let row = rows.first(where: { $0.worker == holder }),
      let victim = workers.first(where: { $0.pid == row.pid })
    else {
      throw CommandFailure(
        .software, "foreign_worker",
        "the run is held by \(holder), which this demo did not start",
        remedy: "Another worker serves the queue demo in this database; stop it and try again.")
    }
    let stored = try await RunNodesView.nodes(of: run, over: connection, within: limit)
      .filter { $0.state == "succeeded" }
    let at = try await ClockView.now(over: connection, within: limit)
    victim.kill()
    kill = Kill(worker: holder, name: victim.name, at: at, stored: stored)
    Terminal.line(
      "  \(Words.clock(at))  "
        + Terminal.paint("kill -9 \(victim.pid): \(victim.name) dies with the run", .red))
  }

  /// Tells each change of a node once, and keeps when its retry is due.
  private mutating func note(_ node: RunNodesView.Row) {
    // Of sixty items, one line at the end.
    if node.item > 0, node.state == "succeeded" { return }
    if node.state == "retrying", let scheduled = node.scheduled {
      due[node.node, default: [:]][node.attempt + 1] = scheduled
    }
    guard told.insert("\(node.node) \(node.state) \(node.attempt)").inserted else { return }
    var words = "\(node.node) \(node.state)"
    if node.state == "retrying", let scheduled = node.scheduled {
      words += " after attempt \(node.attempt), due \(Words.clock(scheduled))"
    } else if node.attempt > 1 {
      words += " at attempt \(node.attempt)"
    }
    if node.state == "failed" { words += ": \(Words.error(node.error))" }
    Terminal.line("  \(Words.clock(node.finished ?? node.scheduled))  \(words)")
  }
}
