import CEL
import SwellCore
import SwellModel

/// A trial on its way: a worker, its tables and its clock for one run, without any of them.
struct TrialRun {
  struct Flight {
    var node: Int
    var ends: Moment
    var started: Moment
    var result: AttemptResult
  }

  let trial: WorkflowTrial
  let workflow: CompiledWorkflow
  let secrets: TrialSecrets
  let policy = WorkerPolicy()
  var state: RunState
  var changes = Changes()
  var now = Moment(microseconds: 0)
  var circuits: TrialCircuits
  var numbers: SeededNumbers
  var ledger: TrialLedger
  var inFlight: [Flight] = []
  /// Messages that have not been sent yet.
  var outbox: [TrialMessage]
  private var sent: Int64 = 0
  private var attempts = 0

  /// More attempts than this are no test any more.
  static let mostAttempts = 200_000

  init(_ trial: WorkflowTrial) {
    self.trial = trial
    let plain = StandIns.replacing(trial.definition.workflow)
    workflow = CompiledWorkflow(plain, version: 1)
    secrets = TrialSecrets(trial.secrets)
    circuits = TrialCircuits(open: trial.openCircuits, now: now)
    numbers = SeededNumbers(seed: trial.seed)
    ledger = TrialLedger(workflow)
    outbox = trial.messages
    state = RunState(
      workflow, input: trial.input, deadline: plain.deadline.map { [now] in now + $0 },
      facts: RunFacts(
        id: "00000000-0000-7000-8000-000000000000", workflow: plain.name, version: 1,
        queue: plain.queue),
      clock: Clock(moment: now, epochMicroseconds: trial.startMicroseconds))
  }

  mutating func finish() async throws(TrialProblem) -> TrialResult {
    while true {
      settleEnded()
      send()
      state.advance(now: now, changes: &changes)
      stopEnding()
      let transition = state.next(now: now, changes: &changes, canExecute: { _ in true })
      let hasNews = !changes.isEmpty
      record()
      if case .end(let end) = transition { return result(end) }
      var executions: [Execution] = []
      if case .goOn = transition { executions = plan() }
      if let name = secrets.missing {
        throw TrialProblem(
          "missing_secret",
          "the workflow reads the secret '\(name)', and the trial has none; add it")
      }
      for execution in executions { try await start(execution) }
      if hasNews || !changes.isEmpty || state.hasNews
        || inFlight.contains(where: { $0.ends <= now })
      {
        continue
      }
      guard let next = nextMoment() else { return waiting() }
      now = max(now, next)
    }
  }

  private mutating func plan() -> [Execution] {
    var numbers = numbers
    defer { self.numbers = numbers }
    return state.plan(
      now: now, circuits: circuits.board, policy: policy, secrets: secrets, changes: &changes,
      canExecute: { _ in true }, random: { numbers.next() })
  }

  /// Attempts that end at the same moment end together.
  private mutating func settleEnded() {
    let ended = inFlight.filter { $0.ends <= now }
    guard !ended.isEmpty else { return }
    inFlight.removeAll { $0.ends <= now }
    for flight in ended { settle(flight.node, flight.result, started: flight.started) }
  }

  private mutating func settle(_ node: Int, _ result: AttemptResult, started: Moment) {
    var numbers = numbers
    state.settle(
      node, result, started: started, now: now, policy: policy, random: { numbers.next() },
      changes: &changes)
    self.numbers = numbers
  }

  /// A run that is ending stops what still runs.
  private mutating func stopEnding() {
    let stopped = Set(state.runningToCancel)
    guard !stopped.isEmpty else { return }
    for flight in inFlight where stopped.contains(flight.node) {
      settle(
        flight.node,
        .failure(
          NodeError(
            .cancelled, "stopped because the run is ending", code: "run_ending",
            context: context(flight.node, "execute"))), started: flight.started)
    }
    inFlight.removeAll { stopped.contains($0.node) }
    state.advance(now: now, changes: &changes)
  }

  private mutating func record() {
    ledger.record(changes, now: now)
    circuits.count(changes.circuits, now: now)
    changes = Changes()
  }

  private mutating func start(_ execution: Execution) async throws(TrialProblem) {
    attempts += 1
    guard attempts <= Self.mostAttempts else {
      throw TrialProblem(
        "too_many_attempts", "more than \(Self.mostAttempts) attempts; test less at a time")
    }
    if let probe = execution.probe, !circuits.mayTry(probe, now: now) {
      inFlight.append(
        Flight(node: execution.node, ends: now, started: now, result: .notTried))
      return
    }
    let definition = state.definition(execution.node)
    let attempt = attempt(execution, definition)
    ledger.began(attempt, of: execution.unit)
    let reply = try await reply(to: attempt, definition)
    let limit =
      definition.timeout ?? workflow.workflow.timeout ?? policy.timeout
    var flight = Flight(
      node: execution.node, ends: now + reply.takes, started: now,
      result: result(reply, of: execution.node))
    if reply.takes > limit {
      flight.ends = now + limit
      flight.result = .failure(
        NodeError(
          .timeout, "the attempt took longer than \(limit)", code: "attempt_timeout",
          context: context(execution.node, "execute")))
    }
    inFlight.append(flight)
  }

  private func attempt(_ execution: Execution, _ definition: NodeReference) -> TrialAttempt {
    let unit = execution.unit
    return TrialAttempt(
      node: definition.id, attempt: execution.attempt, wave: execution.wave,
      input: execution.input, with: execution.with ?? definition.with,
      index: unit.item > 0 ? unit.item - 1 : nil, item: state.item(of: execution.node),
      iteration: unit.iteration > 0 ? unit.iteration : nil, at: now.elapsed)
  }

  /// What a worker makes of a reply before it is stored.
  private func result(_ reply: TrialReply, of node: Int) -> AttemptResult {
    switch reply.outcome {
    case .output(let output):
      do throws(PayloadProblem) {
        try PayloadScan.check(output.bytes, limits: .init(maxBytes: policy.maxOutputBytes))
        return .success(secrets.redacting(output))
      } catch {
        return .failure(
          NodeError(
            error.errorKind, "the output cannot be stored: \(error)", code: "\(error.code)",
            context: context(node, "check output")))
      }
    case .error(var error):
      let context = context(node, "execute")
      error.context.node = error.context.node ?? context.node
      error.context.operation = error.context.operation ?? context.operation
      error.context.attempt = error.context.attempt ?? context.attempt
      error.context.wave = error.context.wave ?? context.wave
      return .failure(secrets.redacting(error))
    }
  }

  private func context(_ node: Int, _ operation: String) -> NodeError.Context {
    NodeError.Context(
      node: state.definition(node).id, operation: operation, attempt: state.nodes[node].attempt,
      wave: state.nodes[node].wave)
  }

  /// Sends what is due: at its time, or when something waits for it.
  private mutating func send() {
    var kept: [TrialMessage] = []
    for (place, message) in outbox.enumerated() {
      guard let moment = moment(of: message, among: outbox[..<place]), moment <= now else {
        kept.append(message)
        continue
      }
      sent += 1
      switch message.content {
      case .signal(let name, let payload):
        state.receive(
          Message(id: sent, kind: .signal(name: name), payload: payload, sender: message.sender))
      case .answer(let node, let isYes, let comment):
        state.receive(
          Message(
            id: sent, kind: .answer(node: node, isYes: isYes, comment: comment), payload: .null,
            sender: message.sender))
      case .cancel(let reason):
        state.requestCancel(.init(by: message.sender, reason: reason))
      }
    }
    outbox = kept
  }

  /// When a message is sent; nil as long as nothing waits for it.
  ///
  /// - Parameter earlier: those before it: of several for one question each answers another time.
  private func moment(
    of message: TrialMessage, among earlier: ArraySlice<TrialMessage>
  ) -> Moment? {
    switch message.time {
    case .at(let time): return Moment(microseconds: 0) + time
    case .afterAsked(let delay):
      if earlier.contains(where: { $0.time.isAfterAsked && $0.isSameQuestion(as: message) }) {
        return nil
      }
      return asking(message).map { $0 + delay }
    }
  }

  /// Since when something waits for a message.
  private func asking(_ message: TrialMessage) -> Moment? {
    var earliest: Moment?
    for (index, node) in workflow.workflow.nodes.enumerated() {
      guard case .waiting = state.nodes[index].status, let asked = ledger.asked(index) else {
        continue
      }
      let isAsked =
        switch (node.control, message.content) {
        case (.wait(.signal(let name, _)), .signal(let sent, _)): name == sent
        case (.approval, .answer(let asked, _, _)): node.id == asked
        default: false
        }
      if isAsked { earliest = min(earliest ?? asked, asked) }
    }
    return earliest
  }

  private func nextMoment() -> Moment? {
    var moments = inFlight.map(\.ends)
    if let moment = state.nextMoment() { moments.append(moment) }
    for (place, message) in outbox.enumerated() {
      if let moment = moment(of: message, among: outbox[..<place]) {
        moments.append(moment)
      }
    }
    return moments.filter { $0.microseconds < .max }.min()
  }

  private mutating func result(_ end: RunEnd) -> TrialResult {
    let state: TrialResult.State =
      switch end.state {
      case .succeeded: .succeeded
      case .failed: .failed
      case .cancelled: .cancelled
      }
    ledger.end(state, error: end.error, wave: self.state.wave, now: now)
    return TrialResult(
      state: state, output: end.output, error: end.error,
      failedNode: self.state.failedNode.map { workflow.workflow.nodes[$0].id },
      nodes: ledger.nodes, events: ledger.events, took: now.elapsed, waitsFor: [])
  }

  private mutating func waiting() -> TrialResult {
    ledger.end(.waiting, error: nil, wave: state.wave, now: now)
    var waitsFor: [String] = []
    for (index, node) in workflow.workflow.nodes.enumerated()
    where state.nodes[index].status == .waiting(until: nil) {
      switch node.control {
      case .wait(.signal(let name, _)):
        waitsFor.append("'\(node.id)' waits for the signal '\(name)'")
      case .approval: waitsFor.append("'\(node.id)' waits for an answer")
      default: waitsFor.append("'\(node.id)' waits")
      }
    }
    return TrialResult(
      state: .waiting, output: nil, error: nil, failedNode: nil, nodes: ledger.nodes,
      events: ledger.events, took: now.elapsed, waitsFor: waitsFor)
  }
}

extension TrialMessage {
  fileprivate func isSameQuestion(as other: TrialMessage) -> Bool {
    switch (content, other.content) {
    case (.signal(let name, _), .signal(let other, _)): name == other
    case (.answer(let node, _, _), .answer(let other, _, _)): node == other
    default: false
    }
  }
}

extension TrialMessage.Time {
  fileprivate var isAfterAsked: Bool {
    if case .afterAsked = self { true } else { false }
  }
}
