import SwellCore
import SwellModel

/// A random graph on its way to its end, under a random worker; what must not happen on the way
/// is written down as a problem.
struct RandomRun {
  /// What may happen besides the ends of attempts.
  struct Weather {
    var together = 0.5
    var crashes = 0.0
    /// Whether crashes count, so that the third stops the run.
    var crashesCount = false
    var cancel = 0.0
    var hasDeadline = false
    var lacksKinds = false
    /// Whether a run that failed or was cancelled is retried once, with nothing in its way.
    var isRetried = false
  }

  let graph: RandomGraph
  var weather: Weather
  var run: TestRun
  var generator: SeededGenerator
  var problems: [String] = []
  private var denied: [Int: Int] = [:]
  private var wasCancelled = false
  private var crashesLeft = 60

  init(_ graph: RandomGraph, weather: Weather, generator: SeededGenerator) {
    self.graph = graph
    self.weather = weather
    self.generator = generator
    let deadline =
      weather.hasDeadline
      ? Moment(microseconds: Int64.random(in: 0...400_000, using: &self.generator)) : nil
    run = TestRun(graph.workflow, deadline: deadline)
  }

  mutating func finish() {
    turn()
    goOn()
    if weather.isRetried, problems.isEmpty, let end = run.end, end.state != .succeeded {
      run.end = nil
      run.store.retry(run.workflow)
      wasCancelled = false
      weather.cancel = 0
      run.reload()
      turn()
      goOn()
    }
    if problems.isEmpty, let end = run.end { checkEnd(end) }
    problems += run.store.refusals
  }

  private mutating func goOn() {
    let bound = 200 + graph.workflow.nodes.count * 40
    for _ in 0..<bound {
      if run.end != nil || !problems.isEmpty { return }
      step()
    }
    problems.append("did not end within \(bound) steps")
  }

  private mutating func step() {
    if run.isStuck {
      problems.append("the core says to go on, and nothing does")
      return
    }
    if let back = run.givenBack {
      if back.kinds.isEmpty { problems.append("given back for no kind") }
      if back.due == nil, run.lacking.isDisjoint(with: back.kinds) {
        problems.append("given back although it could go on")
      }
      if let due = back.due, due <= run.now { problems.append("given back until the past") }
      run.lacking = []
      run.reload(at: back.due)
      turn()
      return
    }
    if weather.lacksKinds {
      run.lacking = chance(0.5) ? [] : [chance(0.5) ? "a" : "b"]
    }
    if !wasCancelled, chance(weather.cancel) {
      wasCancelled = true
      let request = RunState.CancelRequest(by: "ann", reason: nil)
      run.store.cancel = request
      run.state.requestCancel(request)
    } else if chance(weather.crashes) {
      crash()
    } else if chance(0.2), let moment = run.state.nextMoment() {
      run.now = max(run.now, moment)
    } else {
      settleSome()
    }
    turn()
  }

  private mutating func settleSome() {
    var ending = run.inFlight.shuffled(using: &generator)
    if !chance(weather.together) { ending = Array(ending.prefix(1)) }
    for execution in ending {
      let node = execution.node
      run.random = Double.random(in: 0..<1, using: &generator)
      if execution.probe != nil, denied[node, default: 0] < graph.behaviours[node].denials {
        denied[node, default: 0] += 1
        run.settle(node, .notTried)
        continue
      }
      if run.state.isEnding, chance(0.5), run.state.runningToCancel.contains(node) {
        run.settle(node, .failure(NodeError(.cancelled, "n\(node)")))
        continue
      }
      let attempt = execution.attempt - run.state.nodes[node].retriesFrom
      run.settle(node, graph.result(node, attempt: attempt))
    }
  }

  /// One turn of the recorder, with crashes between any two of its steps.
  private mutating func turn() {
    for _ in 0..<1000 {
      showCircuits()
      if chance(weather.crashes) { crash() }
      let wasInFlight = run.inFlight.count
      guard run.decide() else {
        if wasInFlight > 0 { problems.append("ended or given back with attempts in flight") }
        if wasCancelled, run.inFlight.isEmpty, run.end == nil {
          problems.append("a cancelled run was given back")
        }
        return
      }
      if chance(weather.crashes) {
        crash()
        continue
      }
      start()
      if chance(weather.crashes) {
        crash()
        continue
      }
      if run.changes.isEmpty {
        run.isStuck = run.inFlight.isEmpty
        return
      }
    }
    problems.append("turned without an end")
  }

  private mutating func crash() {
    guard crashesLeft > 0 else { return }
    crashesLeft -= 1
    if weather.crashesCount {
      run.store.crashes += 1
      run.store.losses.append(.init(worker: "w", wave: run.state.wave))
    }
    run.reload()
    run.state.advance(now: run.now, changes: &run.changes)
  }

  /// Circuits that are open for ever, and such that open late and close early.
  private mutating func showCircuits() {
    run.board = CircuitBoard()
    for (index, node) in graph.workflow.nodes.enumerated() {
      guard let circuit = node.circuit else { continue }
      if node.whenOpen == .wait {
        run.board.failing[circuit] = Moment(microseconds: 50_000)
      } else if graph.behaviours[index].isOpenForever {
        run.board.failing[circuit] = Moment(microseconds: .max)
      }
    }
  }

  private mutating func chance(_ probability: Double) -> Bool {
    probability > 0 && Double.random(in: 0..<1, using: &generator) < probability
  }

  private mutating func start() {
    let isExhausted = run.state.crashes >= CrashBudget.limit && run.state.owesAfterCrash
    let isEnding = run.state.isEnding
    let before = run.started.count
    run.start()
    for execution in run.started[before...] { check(execution, isEnding: isEnding) }
    if isExhausted, run.started.count > before {
      problems.append("executed although three workers died")
    }
    if run.inFlight.count > graph.workflow.concurrency { problems.append("too many in flight") }
  }

  /// What must hold whenever an attempt starts, by the tables alone.
  private mutating func check(_ execution: Execution, isEnding: Bool) {
    let index = execution.node
    let node = graph.workflow.nodes[index]
    let rows = run.store.rows
    func problem(_ text: String) { problems.append("n\(index) \(text)") }
    if rows[index]?.state == .succeeded { problem("has succeeded, and started") }
    if rows[index]?.due.map({ $0 > run.now }) ?? false { problem("started too early") }
    if run.lacking.contains(node.kind) { problem("started by a worker without its kind") }
    let isFallback = run.workflow.isFallback[index]
    let budget = graph.policy(of: index, isFallback: isFallback).maxRetries + 1
    if execution.attempt - (rows[index]?.retriesFrom ?? 0) > budget {
      problem("has no retries left")
    }
    var top = index
    while let primary = run.workflow.primary[top] {
      if rows[primary]?.state != .failed { problem("stands in for one that did not fail") }
      top = primary
    }
    if run.workflow.isErrorHandler[top] {
      if !isEnding || wasCancelled { problem("handles what is no error") }
      let ordinary = run.inFlight.contains { flying in
        var top = flying.node
        while let primary = run.workflow.primary[top] { top = primary }
        return !run.workflow.isErrorHandler[top]
      }
      if ordinary { problem("handles before all has ended") }
    } else if isEnding {
      problem("started in a run that is ending")
    }
    let standings = node.needs.map(hasOutput)
    let present = standings.count { $0 == true }
    let open = standings.count { $0 == nil }
    switch node.join {
    case .all: if open > 0 || !standings.isEmpty && present == 0 { problem("started before all") }
    case .any: if present == 0 && !standings.isEmpty { problem("started before any") }
    case .atLeast(let count): if present < count { problem("started before \(count)") }
    }
  }

  /// Whether a node has an output by its rows; nil while that is open.
  private func hasOutput(_ index: Int) -> Bool? {
    switch run.store.rows[index]?.state {
    case .succeeded: return true
    case .skipped, .cancelled: return false
    case .failed: return graph.workflow.nodes[index].fallback.map(hasOutput) ?? false
    case .retrying, .waiting, .pending, nil: return nil
    }
  }

  private mutating func checkEnd(_ end: RunEnd) {
    if (end.state == .succeeded) != (end.output != nil) {
      problems.append("output of \(end.state)")
    }
    if (end.state == .succeeded) == (end.error != nil) { problems.append("error of \(end.state)") }
    if end.state == .cancelled, !wasCancelled { problems.append("cancelled by nobody") }
    let verdict = graph.verdict()
    for index in graph.workflow.nodes.indices {
      var state = run.store.rows[index]?.state
      // What a retry put back and nothing called for again is as if it had no row.
      if weather.isRetried, state == .pending { state = nil }
      if [.retrying, .waiting, .pending].contains(state) {
        problems.append("n\(index) is left \(state.map(\.rawValue) ?? "")")
      }
      if weather.crashesCount || wasCancelled || weather.hasDeadline { continue }
      var top = index
      while let primary = run.workflow.primary[top] { top = primary }
      let isHandling = run.workflow.isErrorHandler[top]
      let isFull = isHandling ? end.state == .failed : end.state == .succeeded
      let expected = isHandling && end.state != .failed ? nil : verdict.states[index]
      // An attempt that fails in a run that is failing is not retried any more.
      let isCutShort = state == .failed && graph.behaviours[index].failures > 0
      if isFull ? state != expected : ![nil, .cancelled, expected].contains(state) && !isCutShort {
        problems.append(
          "n\(index) is \(state?.rawValue ?? "idle"), not \(expected?.rawValue ?? "idle")")
      }
    }
    if weather.crashesCount || wasCancelled || weather.hasDeadline { return }
    if (end.state == .succeeded) != verdict.broken.isEmpty {
      problems.append("\(end.state), broken are \(verdict.broken.sorted())")
    }
    if end.state == .failed { checkError(end) }
  }

  /// The error of the run is the one of the node that was the first to fail for good.
  private mutating func checkError(_ end: RunEnd) {
    let nodes = graph.workflow.nodes
    let first = run.store.order.first { index in
      var top = index
      var isOptional = nodes[top].optional
      while let primary = run.workflow.primary[top] {
        top = primary
        isOptional = isOptional || nodes[top].optional
      }
      return run.store.rows[index]?.state == .failed && nodes[index].fallback == nil
        && !isOptional && !run.workflow.isErrorHandler[top]
    }
    var top = first ?? -1
    while run.workflow.primary.indices.contains(top), let primary = run.workflow.primary[top] {
      top = primary
    }
    let expected = run.store.rows[top]?.error.flatMap { try? JSONValue.parse($0) }
    let error = end.error.flatMap { try? JSONValue.parse($0) }
    if error?["message"]?.string != expected?["message"]?.string || expected == nil {
      problems.append("the run failed with \(error?["message"]?.string ?? ""), not n\(top)")
    }
  }
}
