import SwellCore
import SwellModel

/// What the tables would hold of a trial's run, and everything that was ever written into them.
struct TrialLedger {
  private let workflow: CompiledWorkflow
  private(set) var nodes: [TrialNode]
  private(set) var events: [TrialEvent] = []
  /// When each control node began to wait.
  private var askedAt: [Int: Moment] = [:]

  init(_ workflow: CompiledWorkflow) {
    self.workflow = workflow
    nodes = workflow.workflow.nodes.map { TrialNode(id: $0.id) }
  }

  /// When a control node began to wait.
  func asked(_ node: Int) -> Moment? { askedAt[node] }

  mutating func began(_ attempt: TrialAttempt, of unit: Unit) {
    nodes[unit.node].attempts.append(attempt)
    if let place = part(unit) { nodes[unit.node].parts[place].attempts.append(attempt) }
  }

  mutating func record(_ changes: Changes, now: Moment) {
    for row in changes.rows {
      write(row, now: now)
      events.append(event(row, now: now))
    }
  }

  mutating func end(_ state: TrialResult.State, error: Payload?, wave: Int, now: Moment) {
    events.append(
      TrialEvent(
        at: now.elapsed, wave: wave, node: nil, item: 0, iteration: 0, state: state.rawValue,
        attempt: 0, due: nil, detail: error.flatMap(Self.words)))
  }

  private mutating func write(_ row: Changes.NodeRow, now: Moment) {
    let home = row.unit.node
    if let place = part(row.unit) {
      Self.write(row, into: &nodes[home].parts[place])
      return
    }
    Self.write(row, into: &nodes[home])
    guard workflow.workflow.nodes[home].role == .control else { return }
    if row.state == .waiting {
      askedAt[home] = now
      nodes[home].waited = .zero
    } else if let asked = askedAt[home] {
      nodes[home].waited = .microseconds(now.microseconds(since: asked))
    }
  }

  private static func write(_ row: Changes.NodeRow, into node: inout TrialNode) {
    node.state =
      switch row.state {
      case .succeeded: .succeeded
      case .failed: .failed
      case .cancelled: .cancelled
      case .skipped: .skipped
      case .retrying: .retrying
      case .waiting: .waiting
      case .pending: .idle
      }
    node.wave = row.wave
    node.output = row.output
    node.error = row.error
    node.isDegraded = row.degraded
    // The first attempt began it, as the row in the table says.
    node.started = node.started ?? row.started?.elapsed
    node.finished = row.finished?.elapsed
  }

  /// The place of an item or iteration, made if it is new.
  private mutating func part(_ unit: Unit) -> Int? {
    let place = max(unit.item, unit.iteration) - 1
    guard place >= 0 else { return nil }
    while nodes[unit.node].parts.count <= place {
      nodes[unit.node].parts.append(TrialNode(id: nodes[unit.node].id))
    }
    return place
  }

  private func event(_ row: Changes.NodeRow, now: Moment) -> TrialEvent {
    TrialEvent(
      at: now.elapsed, wave: row.wave, node: nodes[row.unit.node].id, item: row.unit.item,
      iteration: row.unit.iteration, state: row.state.rawValue, attempt: row.attempt,
      due: row.due.flatMap { $0.microseconds == .max ? nil : $0.elapsed }, detail: detail(row))
  }

  private func detail(_ row: Changes.NodeRow) -> String? {
    if let error = row.error { return Self.words(error) }
    let node = workflow.workflow.nodes[row.unit.node]
    if row.state == .waiting, let input = row.input.flatMap({ try? JSONValue.parse($0) }) {
      return input["title"]?.string.map { "asks: \($0)" }
        ?? input["signal"]?.string.map { "for the signal \($0)" }
    }
    guard case .branch = node.control, row.state == .succeeded,
      let taken = row.output.flatMap({ try? JSONValue.parse($0) })?["taken"]?.array
    else { return nil }
    let names = taken.compactMap(\.string)
    return names.isEmpty ? "leads nowhere" : "leads to \(names.joined(separator: ", "))"
  }

  private static func words(_ error: Payload) -> String? {
    (try? NodeError(payload: error)).map { error in
      error.kind.rawValue + (error.code.map { " (\($0))" } ?? "") + ": " + error.message
    }
  }
}

extension Moment {
  /// From the beginning of the run, at which the clock of a trial shows zero.
  var elapsed: Duration { .microseconds(microseconds) }
}
