import CEL
public import SwellModel

extension RunState {
  /// Carries a map or a loop on: begins it, starts what may be started, or ends it.
  mutating func carryOn(
    _ index: Int, _ repetition: Repetition, secrets: any SecretSource, now: Moment,
    policy: WorkerPolicy, changes: inout Changes
  ) {
    nodes[index].status = .repeating
    if repetitions[index] == nil {
      guard begin(index, repetition, secrets: secrets, now: now, changes: &changes) else { return }
    }
    switch repetition {
    case .map(let map): carryOn(index, map, now: now, policy: policy, changes: &changes)
    case .loop(let loop): carryOn(index, loop, secrets: secrets, now: now, changes: &changes)
    }
    if owesAfterCrash, owed.remove(index) != nil { owed.formUnion(due) }
  }

  /// Takes up what is stored of it. Returns whether there is anything to go on with.
  private mutating func begin(
    _ index: Int, _ repetition: Repetition, secrets: any SecretSource, now: Moment,
    changes: inout Changes
  ) -> Bool {
    var state = RepetitionState(began: now)
    nodes[index].attempt = max(nodes[index].attempt, nodes[index].retriesFrom + 1)
    if case .map = repetition {
      guard let over = workflow.expressions[index]?.over else {
        apply(
          .failed(expressionError(index, "map.over", .init(.syntax, "it cannot be read"))),
          to: index, started: now, now: now, changes: &changes)
        return false
      }
      let list: Evaluated<[CELValue]> = evaluate(
        index, what: "map.over", isRepeated: false, secrets: secrets
      ) { bindings throws(CELError) in
        let value = try over.evaluate(bindings)
        guard case .list(let list) = value else {
          throw CELError(.typeMismatch, "it must give a list, not \(value.type)")
        }
        guard list.count <= Self.mostItems else {
          throw CELError(
            .range, "\(list.count) items, the limit is \(Self.mostItems)")
        }
        return list.elements
      }
      switch list {
      case .value(let elements): state.items = elements
      case .absent:
        apply(.skipped, to: index, started: now, now: now, changes: &changes)
        return false
      case .failed(let error):
        apply(.failed(error), to: index, started: now, now: now, changes: &changes)
        return false
      }
    }
    repetitions[index] = state
    for row in storedUnits.removeValue(forKey: index) ?? [] {
      // The list may be another one than it was before a retry.
      if case .map = repetition, row.item > state.items.count { continue }
      let part = addPart(
        Unit(node: index, item: row.item, iteration: row.iteration), of: index)
      load(row, into: part)
      switch nodes[part].status {
      case .idle:
        nodes[part].status = .due
        due.append(part)
        repetitions[index]?.inFlight += 1
      case .retrying(let moment), .parked(let moment):
        repetitions[index]?.inFlight += 1
        guard moment <= now else { break }
        // It is due, and owes an outcome if it was in flight when a worker died.
        sleepingCount -= 1
        nodes[part].status = .due
        due.append(part)
      case .waiting: repetitions[index]?.inFlight += 1
      case .succeeded:
        let bytes = nodes[part].output?.bytes.count ?? 0
        repetitions[index]?.bytes += bytes
      case .failed: partFailed(part, of: index)
      default: break
      }
    }
    deliverChildEnds(now: now, changes: &changes)
    return true
  }

  /// The most elements that one map takes.
  static let mostItems = 10_000

  @discardableResult
  mutating func addPart(_ unit: Unit, of index: Int) -> Int {
    let part = nodes.count
    var progress = NodeProgress()
    progress.wave = wave
    nodes.append(progress)
    units.append(unit)
    let place = max(unit.item, unit.iteration) - 1
    // In place: a map may have ten thousand of them.
    while let count = repetitions[index]?.parts.count, count <= place {
      repetitions[index]?.parts.append(-1)
    }
    repetitions[index]?.parts[place] = part
    return part
  }

  /// A part has ended: its node is due, to be carried on once that is stored.
  mutating func partEnded(_ part: Int) {
    let index = unit(part).node
    guard repetitions[index] != nil else { return }
    let bytes = nodes[part].output?.bytes.count ?? 0
    repetitions[index]?.inFlight -= 1
    repetitions[index]?.bytes += bytes
    let before = unit(part).iteration - 2
    if nodes[part].status == .succeeded, let parts = repetitions[index]?.parts,
      parts.indices.contains(before), parts[before] >= 0
    {
      // The next iteration is told of this one only.
      keep(nil, of: parts[before])
    }
    if nodes[part].status == .failed { partFailed(part, of: index) }
    guard nodes[index].status == .repeating, !isEnding || isHandlingErrors(index) else { return }
    nodes[index].status = .due
    due.append(index)
  }

  private func isHandlingErrors(_ index: Int) -> Bool {
    cancel == nil && workflow.isErrorHandler[origin(of: index)]
  }

  private mutating func partFailed(_ part: Int, of index: Int) {
    if case .map(let map) = definition(index).repetition, map.onItemFailure != .fail { return }
    if repetitions[index]?.failed == nil { repetitions[index]?.failed = part }
  }

  private mutating func carryOn(
    _ index: Int, _ map: Repetition.Map, now: Moment, policy: WorkerPolicy,
    changes: inout Changes
  ) {
    // What cannot be given in the end need not be executed.
    let isTooLarge = (repetitions[index]?.bytes ?? 0) > policy.maxOutputBytes
    let areChildren = definition(index).isCall || map.isSpread
    if areChildren, isTooLarge || repetitions[index]?.failed != nil,
      repetitions[index]?.inFlight ?? 0 > 0
    {
      stopChildren(of: index, changes: &changes)
    }
    while !isTooLarge, !areChildren || childrenLeft > 0,
      let place = startItem(of: index, atMost: map.concurrency)
    {
      if areChildren { childrenLeft -= 1 }
      let part = addPart(Unit(node: index, item: place + 1), of: index)
      nodes[part].status = .due
      due.append(part)
    }
    // The next record enqueues more.
    if areChildren, childrenLeft == 0 { held.append(index) }
    guard let state = repetitions[index], state.inFlight == 0 else { return }
    // It may have had no room beside another one.
    if areChildren, childrenLeft == 0, !isTooLarge, state.hasItems { return }
    end(
      index, mapOutcome(index, map, state, policy: policy), began: state.began, now: now, &changes)
  }

  /// Takes the next item that has not been started, if one may be started now.
  private mutating func startItem(of index: Int, atMost limit: Int) -> Int? {
    while let place = repetitions[index]?.takeItem(atMost: limit) {
      guard let known = repetitions[index]?.part(at: place), known >= 0 else {
        repetitions[index]?.inFlight += 1
        return place
      }
    }
    return nil
  }

  private func mapOutcome(
    _ index: Int, _ map: Repetition.Map, _ state: RepetitionState, policy: WorkerPolicy
  ) -> Outcome {
    if let failed = state.failed { return .failed(partError(failed, of: index)) }
    if state.bytes > policy.maxOutputBytes { return .failed(tooLarge(index, policy)) }
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    for part in state.parts where part >= 0 {
      let output: [UInt8]
      switch nodes[part].status {
      case .succeeded: output = (nodes[part].output ?? .null).bytes
      case .failed where map.onItemFailure == .collect:
        output =
          Array(#"{"error":"#.utf8) + (nodes[part].error ?? .null).bytes + [UInt8(ascii: "}")]
      default: continue
      }
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: output)
      if bytes.count > policy.maxOutputBytes { return .failed(tooLarge(index, policy)) }
    }
    bytes.append(UInt8(ascii: "]"))
    return .succeeded(Payload(bytes: bytes))
  }

  private func tooLarge(_ index: Int, _ policy: WorkerPolicy) -> NodeError {
    NodeError(
      .tooLarge,
      "the outputs of all items together have more than \(policy.maxOutputBytes) bytes; let each give less",
      code: "output_too_large", context: context(of: index))
  }

  private mutating func carryOn(
    _ index: Int, _ loop: Repetition.Loop, secrets: any SecretSource, now: Moment,
    changes: inout Changes
  ) {
    guard let state = repetitions[index], state.inFlight == 0 else { return }
    if let failed = state.failed {
      return end(
        index, .failed(partError(failed, of: index)), began: state.began, now: now, &changes)
    }
    let last = state.parts.last
    if let last {
      switch isTrue(workflow.expressions[index]?.until, last, "loop.until", secrets: secrets) {
      case .value(true)?:
        let outcome = Outcome.succeeded(nodes[last].output ?? .null)
        return end(index, outcome, began: state.began, now: now, &changes)
      case .failed(let error)?:
        return end(index, .failed(error), began: state.began, now: now, &changes)
      case .absent?: return end(index, .skipped, began: state.began, now: now, &changes)
      case .value(false)?, nil: break
      }
    }
    // The iteration that is to come asks whether it may.
    let part = addPart(Unit(node: index, iteration: state.parts.count + 1), of: index)
    switch isTrue(workflow.expressions[index]?.whileTrue, part, "loop.while", secrets: secrets) {
    case .value(false)?:
      dropLastPart(of: index)
      let outcome = Outcome.succeeded(last.flatMap { nodes[$0].output } ?? .null)
      return end(index, outcome, began: state.began, now: now, &changes)
    case .failed(let error)?:
      dropLastPart(of: index)
      return end(index, .failed(error), began: state.began, now: now, &changes)
    case .absent?:
      dropLastPart(of: index)
      return end(index, .skipped, began: state.began, now: now, &changes)
    case .value(true)?, nil: break
    }
    guard state.parts.count < loop.maxIterations else {
      dropLastPart(of: index)
      let error = NodeError(
        .execution, "the loop has not come to its end after \(loop.maxIterations) iterations",
        code: "too_many_iterations", context: context(of: index))
      return end(index, .failed(error), began: state.began, now: now, &changes)
    }
    repetitions[index]?.inFlight = 1
    if let delay = loop.delay, last != nil {
      rest(part, until: now + delay, changes: &changes)
    } else {
      nodes[part].status = .due
      due.append(part)
    }
  }

  private func isTrue(
    _ template: CELTemplate?, _ part: Int, _ what: String, secrets: any SecretSource
  ) -> Evaluated<Bool>? {
    guard let template else { return nil }
    return condition(template, of: part, what: what, isRepeated: true, secrets: secrets)
  }

  /// An iteration that is to begin later, and survives a crash until then.
  private mutating func rest(_ part: Int, until moment: Moment, changes: inout Changes) {
    nodes[part].status = .parked(moment)
    sleepingCount += 1
    changes.put(
      Changes.NodeRow(
        node: part, unit: unit(part), state: .waiting, wave: nodes[part].wave, attempt: 0,
        retriesFrom: 0, input: nil, output: nil, error: nil, degraded: false, due: moment,
        started: nil, finished: nil, isFresh: true))
    nodes[part].isStored = true
  }

  private mutating func dropLastPart(of index: Int) {
    nodes.removeLast()
    units.removeLast()
    repetitions[index]?.parts.removeLast()
  }

  private mutating func end(
    _ index: Int, _ outcome: Outcome, began: Moment, now: Moment, _ changes: inout Changes
  ) {
    // What the parts gave is in the whole.
    for part in repetitions.removeValue(forKey: index)?.parts ?? [] where part >= 0 {
      keep(nil, of: part)
    }
    apply(outcome, to: index, started: began, now: now, changes: &changes)
  }

  private func partError(_ part: Int, of index: Int) -> NodeError {
    let unit = unit(part)
    let name = unit.item > 0 ? "item \(unit.item - 1)" : "iteration \(unit.iteration)"
    var error =
      nodes[part].error.flatMap { try? NodeError(payload: $0) }
      ?? NodeError(.other, "it failed")
    error.message = "\(name): \(error.message)"
    error.context.metadata[unit.item > 0 ? "item" : "iteration"] =
      "\(unit.item > 0 ? unit.item - 1 : unit.iteration)"
    error.retryAfter = nil
    return error
  }

  /// Of an item of a map, the element of its list.
  public func item(of index: Int) -> Payload? {
    let unit = unit(index)
    guard unit.item > 0, let items = repetitions[unit.node]?.items, unit.item <= items.count,
      let bytes = try? items[unit.item - 1].json()
    else { return nil }
    return Payload(bytes: bytes)
  }

  /// What a run of one item sees is in its input.
  func bindItem(to bindings: inout CELBindings) {
    let (documents, envelope) = (documents, input)
    func member(_ name: String, _ find: @escaping @Sendable (ItemEnvelope) -> CELValue) {
      bindings.set(name) { () throws(CELError) in find(try documents.envelope(envelope)) }
    }
    member("input") { $0.input }
    member("item") { $0.item }
    member("index") { $0.index }
  }

  /// `item` and `index`, or `iteration` and `last`.
  func bindPart(_ index: Int, to bindings: inout CELBindings) {
    let unit = unit(index)
    if unit.item > 0, let items = repetitions[unit.node]?.items, unit.item <= items.count {
      bindings["item"] = items[unit.item - 1]
      bindings["index"] = .int(Int64(unit.item - 1))
    }
    if unit.iteration > 0, let parts = repetitions[unit.node]?.parts {
      bindings["iteration"] = .int(Int64(unit.iteration))
      // Of an iteration that has ended `last` is what it gave itself, before that its predecessor.
      let hasEnded = nodes[index].status == .succeeded
      let place = hasEnded ? unit.iteration - 1 : unit.iteration - 2
      let output =
        parts.indices.contains(place) && parts[place] >= 0 ? nodes[parts[place]].output : nil
      let last = output ?? .null
      bindings.set("last") { () throws(CELError) in try JSONDocument(last.bytes).root }
    }
  }
}
