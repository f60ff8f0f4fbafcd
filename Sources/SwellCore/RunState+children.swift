import CEL
import SwellModel

extension RunState {
  /// How many runs stand above each other at most.
  static let deepestCall = 50

  /// How many child runs one record enqueues, and with how many bytes of input, give or take one.
  static let childrenAtOnce = 1000
  static let childBytesAtOnce = 16 << 20

  /// Whether what is at an index is executed by a run of its own.
  func isChild(_ index: Int) -> Bool {
    guard workflow.hasChildren else { return false }
    let node = definition(index)
    if unit(index).isPart { return node.isCall || node.isSpread }
    return node.isCall && node.repetition == nil
  }

  /// The kind that a worker must have to go on at an index; nil when any worker will do. What is a run
  /// of its own asks for its kinds itself.
  public func requiredKind(of index: Int) -> String? {
    let node = definition(index)
    return node.isSpread ? nil : node.requiredKind
  }

  /// Enqueues the run that executes what is due at an index.
  mutating func startChild(_ index: Int, now: Moment, policy: WorkerPolicy, changes: inout Changes)
  {
    nodes[index].attempt += 1
    let outcome: Outcome
    switch childInput(of: index) {
    case .value(let input):
      if let error = refusal(of: input, at: index, policy) {
        outcome = .failed(error)
      } else {
        outcome = enqueue(index, input, now: now, changes: &changes)
      }
    case .absent: outcome = .skipped
    case .failed(let error): outcome = .failed(error)
    }
    apply(outcome, to: index, started: now, now: now, changes: &changes)
  }

  private mutating func enqueue(
    _ index: Int, _ input: Payload, now: Moment, changes: inout Changes
  ) -> Outcome {
    let unit = unit(index)
    let node = definition(index)
    let id = ChildID.make(
      parent: facts?.id ?? "", unit: unit, attempt: nodes[index].attempt,
      milliseconds: max(0, clock.epochMicroseconds(at: now) / 1000))
    var child = Changes.Child(
      id: id, workflow: "\(workflow.workflow.name)/\(node.id)", version: workflow.version,
      queue: facts?.queue ?? workflow.workflow.queue, kinds: node.node.requiredKind.map { [$0] },
      input: input, place: place(of: index))
    var isDetached = false
    if case .call(let call) = node.control {
      child.workflow = call.workflow
      child.version = call.version
      child.queue = call.queue
      child.kinds = nil
      isDetached = call.isDetached
    }
    changes.children.append(child)
    childBytesLeft -= input.bytes.count
    let told = JSONValue.object([
      .init("run", .string(id)), .init("workflow", .string(child.workflow)),
    ]).payload
    if isDetached { return .succeeded(told) }
    return .asleep(until: node.isCall ? node.timeout.map { now + $0 } : nil, asks: told)
  }

  /// What a child keeps of whom it belongs to. `delay`: how long its end may wait for others, in
  /// microseconds, since looking at a parent of thousands takes a while.
  private func place(of index: Int) -> Payload {
    let unit = unit(index)
    let siblings = unit.isPart ? repetitions[unit.node]?.items.count ?? 1 : 1
    var members: [JSONValue.Member] = [
      .init("node", .string(definition(index).id)), .init("item", .int(Int64(unit.item))),
      .init("iteration", .int(Int64(unit.iteration))),
      .init("attempt", .int(Int64(nodes[index].attempt))),
      .init("depth", .int(Int64((facts?.depth ?? 0) + 1))),
      .init("delay", .int(Int64(siblings > 100 ? min(100_000, siblings * 10) : 0))),
    ]
    if case .call(let call) = definition(index).control, call.isDetached {
      members.append(.init("detached", .bool(true)))
    }
    return JSONValue.object(members).payload
  }

  private func childInput(of index: Int) -> Evaluated<Payload> {
    if definition(index).isCall {
      // It is stored, so no secret may be in it; a definition with one is refused.
      switch render(index, secrets: HiddenSecrets()) {
      case .value(let rendered): return .value(rendered.input)
      case .absent: return .absent
      case .failed(let error): return .failed(error)
      }
    }
    let unit = unit(index)
    guard let reads = workflow.itemReads[unit.node], let item = item(of: index) else {
      return .failed(
        NodeError(
          .definition, "the item is not there", code: "no_item", context: context(of: index)))
    }
    var bytes = Array(#"{"index":\#(unit.item - 1),"item":"#.utf8)
    bytes.append(contentsOf: item.bytes)
    if reads.readsInput {
      bytes.append(contentsOf: #","input":"#.utf8)
      bytes.append(contentsOf: input.bytes)
    }
    if !reads.nodes.isEmpty {
      bytes.append(contentsOf: #","nodes":"#.utf8)
      bytes.append(contentsOf: object(of: reads.nodes.compactMap(workflow.index(of:))).bytes)
    }
    bytes.append(UInt8(ascii: "}"))
    return .value(Payload(bytes: bytes))
  }

  private func refusal(of input: Payload, at index: Int, _ policy: WorkerPolicy) -> NodeError? {
    if (facts?.depth ?? 0) >= Self.deepestCall {
      return NodeError(
        .definition,
        "\(Self.deepestCall) runs have called each other; a workflow that calls itself needs a 'when' that ends it",
        code: "call_too_deep", context: context(of: index))
    }
    do throws(PayloadProblem) {
      try PayloadScan.check(input.bytes, limits: .init(maxBytes: policy.maxOutputBytes))
      return nil
    } catch {
      return NodeError(
        error.errorKind, "the input of the run cannot be stored: \(error)", code: "\(error.code)",
        context: context(of: index))
    }
  }

  /// Takes the ends of child runs to what waits for them.
  mutating func deliverChildEnds(now: Moment, changes: inout Changes) {
    guard workflow.hasChildren, !inbox.isEmpty else { return }
    var kept: [Message] = []
    for message in inbox {
      guard case .childEnd(let end) = message.kind else {
        kept.append(message)
        continue
      }
      switch waiting(for: end) {
      case .later: kept.append(message)
      case .nobody: changes.consumed.append(message.id)
      case .unit(let index):
        changes.consumed.append(message.id)
        childEnded(index, end, message, now: now, changes: &changes)
      }
    }
    inbox = kept
  }

  private enum Waiting {
    case unit(Int)
    /// Its map or loop has not been taken up again.
    case later
    /// It has timed out, or its node has ended without it.
    case nobody
  }

  private func waiting(for end: Message.ChildEnd) -> Waiting {
    guard let node = workflow.index(of: end.node) else { return .nobody }
    var index = node
    if end.item > 0 || end.iteration > 0 {
      guard let repetition = repetitions[node] else {
        return storedUnits[node] == nil || nodes[node].status.hasEnded ? .nobody : .later
      }
      index = repetition.part(at: max(end.item, end.iteration) - 1)
      guard index >= 0 else { return .nobody }
    }
    guard case .waiting = nodes[index].status, nodes[index].attempt == end.attempt else {
      return .nobody
    }
    return .unit(index)
  }

  private mutating func childEnded(
    _ index: Int, _ end: Message.ChildEnd, _ message: Message, now: Moment, changes: inout Changes
  ) {
    let outcome: Outcome =
      switch end.state {
      case .succeeded: end.isAbsent ? .skipped : .succeeded(message.payload)
      case .failed, .cancelled:
        fate(of: index, childError(end, message.payload, at: index), seed: message.id, now: now)
      }
    wakeUp(index, outcome, now: now, changes: &changes)
  }

  /// The time that a call gives its run is up: the run is cancelled.
  mutating func childIsLate(_ index: Int, now: Moment, changes: inout Changes) {
    let unit = unit(index)
    changes.stops.append(Changes.ChildStop(node: unit.node, unit: unit))
    let error = NodeError(
      .timeout,
      "the run was not done within \(definition(index).timeout?.text ?? "its time"), and is cancelled",
      code: "call_timeout", context: context(of: index))
    wakeUp(
      index, fate(of: index, error, seed: Int64(index), now: now), now: now, changes: &changes)
  }

  private func fate(of index: Int, _ error: NodeError, seed: Int64, now: Moment) -> Outcome {
    let unit = unit(index)
    // It was cancelled for another one's failure.
    if error.kind == .cancelled, unit.isPart, repetitions[unit.node]?.failed != nil {
      return .cancelled(error)
    }
    return classify(index, .failure(error), now: now, policy: WorkerPolicy()) {
      ChildID.fraction(of: seed)
    }
  }

  /// The error of a child as its parent's: with its kind and code, and where to look.
  private func childError(
    _ end: Message.ChildEnd, _ payload: Payload, at index: Int
  ) -> NodeError {
    let inner =
      (try? NodeError(payload: payload))
      ?? NodeError(end.state == .cancelled ? .cancelled : .other, "it \(end.state.rawValue)")
    var error = inner
    let node = definition(index)
    if node.isCall {
      error.message = "run \(end.run) \(end.state.rawValue): \(inner.message)"
      error.causes =
        [NodeError.Cause(type: inner.kind.rawValue, message: inner.message)]
        + inner.causes
      error.context = context(of: index)
      error.context.operation = "call"
      error.context.metadata["childNode"] = inner.context.node
    }
    error.context.node = node.id
    error.context.metadata["childRun"] = end.run
    error.retryAfter = nil
    return error
  }

  /// Asks the child runs of a run that is ending to end as well; it waits for them.
  mutating func stopChildren(changes: inout Changes) {
    guard isEnding, workflow.hasChildren else { return }
    takeUpStoredChildren()
    guard sleepingCount > 0 else { return }
    for index in nodes.indices {
      guard case .waiting = nodes[index].status, isChild(index) else { continue }
      let node = unit(index).node
      guard cancel != nil || !workflow.isErrorHandler[origin(of: index)] else { continue }
      stopChildren(of: node, changes: &changes)
    }
  }

  /// Asks the child runs of one node to end, once.
  mutating func stopChildren(of node: Int, changes: inout Changes) {
    guard stopped.insert(node).inserted else { return }
    changes.stops.append(Changes.ChildStop(node: node, unit: nil))
  }

  /// Of a map that nobody will carry on, the items that are runs are waited for all the same.
  private mutating func takeUpStoredChildren() {
    for (node, rows) in storedUnits.sorted(by: { $0.key < $1.key }) {
      let reference = workflow.references[node]
      guard reference.isCall || reference.isSpread else { continue }
      // An error handler is carried on, and takes up its own.
      guard cancel != nil || !workflow.isErrorHandler[origin(of: node)] else { continue }
      storedUnits[node] = nil
      repetitions[node] = RepetitionState(began: Moment(microseconds: 0))
      for row in rows {
        let part = addPart(Unit(node: node, item: row.item, iteration: row.iteration), of: node)
        load(row, into: part)
      }
    }
  }

  /// Whether a child run is on its way that somebody waits for.
  var waitsForChildren: Bool {
    guard workflow.hasChildren, sleepingCount > 0 else { return false }
    return nodes.indices.contains { index in
      if case .waiting = nodes[index].status { isChild(index) } else { false }
    }
  }
}
