import SwellModel

extension RunState {
  /// What a node is to those that need it.
  enum Standing: Equatable {
    case pending
    /// It has an output: its own, or its fallback's.
    case present
    /// It ended without one, and the run goes on.
    case absent
    /// It failed for good, and so does the run.
    case broken
  }

  func standing(of index: Int) -> Standing {
    switch nodes[index].status {
    case .idle, .due, .running, .retrying, .parked, .waiting, .repeating: return .pending
    case .succeeded: return .present
    case .skipped, .cancelled: return .absent
    case .failed:
      let node = workflow.workflow.nodes[index]
      guard let fallback = node.fallback else { return node.optional ? .absent : .broken }
      // A fallback that was not called for in the end has handled nothing.
      let standIn =
        nodes[fallback].status == .skipped ? Standing.broken : standing(of: fallback)
      return standIn == .broken && node.optional ? .absent : standIn
    }
  }

  /// Whether the final failure of this node is one that nothing handles.
  func failsRun(_ index: Int) -> Bool {
    guard !unit(index).isPart else { return false }
    let top = origin(of: index)
    return !workflow.isErrorHandler[top] && standing(of: top) == .broken
  }

  /// The output that those who need the node read.
  func effectiveOutput(of index: Int) -> Payload? {
    effectiveSource(of: index)?.output
  }

  /// The same, with the node that it is of: a fallback's stands in for its primary's.
  func effectiveSource(of index: Int) -> (node: Int, output: Payload)? {
    switch nodes[index].status {
    case .succeeded: return (index, nodes[index].output ?? .null)
    case .failed: return workflow.workflow.nodes[index].fallback.flatMap(effectiveSource)
    default: return nil
    }
  }

  /// Makes an idle node due, or skips it, if its time has come. Returns whether it changed.
  @discardableResult
  mutating func wake(_ index: Int, wave: Int) -> Bool {
    guard nodes[index].status == .idle, isCalledFor(index) else { return false }
    switch verdict(on: index) {
    case .wait: return false
    case .run:
      nodes[index].status = .due
      nodes[index].wave = wave
      due.append(index)
    case .skip:
      nodes[index].status = .skipped
      nodes[index].wave = wave
      changed.append(index)
      if isOrdinary(index) { unresolved -= 1 }
    }
    return true
  }

  private enum Verdict { case wait, run, skip }

  /// Fallbacks run only after their primary, handlers only after a failure.
  private func isCalledFor(_ index: Int) -> Bool {
    let isHandling = workflow.isErrorHandler[origin(of: index)]
    guard isHandling ? handlersStarted : !isEnding else { return false }
    guard let primary = workflow.primary[index] else { return true }
    return nodes[primary].status == .failed
  }

  /// The node that a fallback, or a fallback's fallback, stands in for; itself otherwise.
  func origin(of index: Int) -> Int {
    var top = unit(index).node
    while let primary = workflow.primary[top] { top = primary }
    return top
  }

  /// Goes on where it found a pending need the last time, since none becomes pending again: a node
  /// that a thousand others lead to is asked a thousand times.
  private mutating func hasPendingNeed(_ index: Int) -> Bool {
    var ended = nodes[index].needsEnded
    defer { nodes[index].needsEnded = ended }
    while ended < workflow.workflow.nodes[index].needs.count {
      if standing(of: workflow.workflow.nodes[index].needs[ended]) == .pending { return true }
      ended += 1
    }
    return false
  }

  private mutating func verdict(on index: Int) -> Verdict {
    switch passage(to: index) {
    case .wait: return .wait
    case .skip: return .skip
    case .run: break
    }
    if hasPendingNeed(index), workflow.workflow.nodes[index].join == .all { return .wait }
    let node = workflow.references[index].node
    guard !node.needs.isEmpty else { return .run }
    // What only expressions read has to have ended; what it has to have given they know themselves.
    for need in node.needs.suffix(node.readOnlyNeeds) where standing(of: need) == .pending {
      return .wait
    }
    guard !node.declaredNeeds.isEmpty else { return .run }
    var pending = 0
    var present = 0
    for need in node.declaredNeeds {
      switch standing(of: need) {
      case .pending: pending += 1
      case .present: present += 1
      // What failed the run ends it; an error handler goes on without the output.
      case .absent, .broken: break
      }
    }
    switch node.join {
    case .all:
      if pending > 0 { return .wait }
      return present > 0 || node.input != nil ? .run : .skip
    case .any:
      if present > 0 { return .run }
      return pending > 0 ? .wait : .skip
    case .atLeast(let wanted):
      if present >= wanted { return .run }
      return present + pending >= wanted ? .wait : .skip
    }
  }

  /// Of one whose fallback stood in, the edges of a success.
  private func edgesTaken(from gate: Int) -> [Int] {
    nodes[gate].status == .succeeded ? nodes[gate].taken : workflow.workflow.nodes[gate].then
  }

  /// Whether control edges let a node run: one of those that lead to it has to be taken.
  private func passage(to index: Int) -> Verdict {
    guard !workflow.gates[index].isEmpty else { return .run }
    let gates = workflow.gates[index]
    var isPending = false
    for gate in gates {
      switch standing(of: gate) {
      case .present where edgesTaken(from: gate).contains(index): return .run
      case .pending: isPending = true
      default: break
      }
    }
    return isPending ? .wait : .skip
  }
}
