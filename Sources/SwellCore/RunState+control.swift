import CEL
import SwellModel

extension RunState {
  /// Executes a control node that is due.
  mutating func decide(
    _ index: Int, _ node: NodeReference, secrets: any SecretSource, now: Moment,
    changes: inout Changes
  ) {
    nodes[index].attempt = max(nodes[index].attempt, nodes[index].retriesFrom + 1)
    let outcome: Outcome
    switch node.control {
    case .branch(let arms):
      outcome = branch(index, arms, secrets: secrets)
    case .wait(.signal(let name, let timeout)):
      if let message = takeSignal(name, changes: &changes) {
        outcome = .succeeded(received(message))
      } else {
        outcome = .asleep(until: timeout.map { now + $0 }, asks: signalQuestion(name))
      }
    case .wait(.duration(let text)):
      outcome = sleep(index, text, secrets: secrets) { span throws(CELError) in
        try now.advanced(byMicroseconds: Self.microseconds(span))
      }
    case .wait(.until(let text)):
      outcome = sleep(index, text, secrets: secrets) { value throws(CELError) in
        try Self.moment(value, now: now, clock: clock)
      }
    case .approval(let approval):
      switch title(index, approval, secrets: secrets) {
      case .value(let title):
        outcome = .asleep(
          until: approval.timeout.map { now + $0 },
          asks: JSONValue.object([.init("title", .string(title))]).payload)
      case .absent: outcome = .skipped
      case .failed(let error): outcome = .failed(error)
      }
    case .call, nil:
      outcome = .failed(
        NodeError(
          .definition, "this worker does not know how to '\(node.kind)'", code: "unknown_control",
          context: context(of: index)))
    }
    apply(outcome, to: index, started: now, now: now, changes: &changes)
  }

  private func branch(
    _ index: Int, _ arms: [Control.Arm], secrets: any SecretSource
  ) -> Outcome {
    let conditions = workflow.expressions[index]?.arms ?? []
    for (place, arm) in arms.enumerated() {
      if arm.when == nil { return .succeeded(taken(arm)) }
      guard place < conditions.count, let condition = conditions[place] else {
        return .failed(
          expressionError(index, "branch[\(place)].when", .init(.syntax, "it cannot be read")))
      }
      switch self.condition(
        condition, of: index, what: "branch[\(place)].when", isRepeated: false, secrets: secrets)
      {
      case .value(true): return .succeeded(taken(arm))
      case .value(false): continue
      case .absent: return .skipped
      case .failed(let error): return .failed(error)
      }
    }
    return .succeeded(Payload(json: #"{"taken":[]}"#))
  }

  private func taken(_ arm: Control.Arm) -> Payload {
    let ids = arm.then.map { JSONValue.string(workflow.workflow.nodes[$0].id) }
    return JSONValue.object([.init("taken", .array(ids))]).payload
  }

  /// Works out from what a node gave where its control edges lead.
  mutating func noteEdges(of index: Int) {
    let node = definition(index)
    guard node.isControl || !node.then.isEmpty, !unit(index).isPart else { return }
    switch node.control {
    case .branch:
      let ids = nodes[index].output.flatMap { try? JSONValue.parse($0) }?["taken"]?.array ?? []
      nodes[index].taken = ids.compactMap { $0.string.flatMap(workflow.index(of:)) }
    case .approval:
      nodes[index].taken = answers(index, "approved") ? node.then : node.otherwise
    case .wait(.signal):
      nodes[index].taken = answers(index, "received") ? node.then : node.otherwise
    case .wait, .call, nil: nodes[index].taken = node.then
    }
  }

  private func answers(_ index: Int, _ key: String) -> Bool {
    nodes[index].output.flatMap { try? JSONValue.parse($0) }?[key]?.bool ?? false
  }

  private func sleep(
    _ index: Int, _ text: String, secrets: any SecretSource,
    _ moment: (CELValue) throws(CELError) -> Moment
  ) -> Outcome {
    let value: CELValue
    if let template = workflow.expressions[index]?.text {
      switch evaluate(
        index, what: "wait", isRepeated: false, secrets: secrets,
        { bindings throws(CELError) in try template.evaluate(bindings) })
      {
      case .value(let found): value = found
      case .absent: return .skipped
      case .failed(let error): return .failed(error)
      }
    } else {
      value = .string(text)
    }
    do throws(CELError) {
      return .asleep(until: try moment(value), asks: nil)
    } catch {
      return .failed(secrets.redacting(expressionError(index, "wait", error)))
    }
  }

  private static func microseconds(_ value: CELValue) throws(CELError) -> Int64 {
    switch value {
    case .duration(let span): return max(0, span.totalNanoseconds / 1000)
    case .string(let text):
      do {
        return try DurationText.parse(text.description).microseconds
      } catch {
        throw CELError(.conversion, error.message)
      }
    default:
      throw CELError(
        .typeMismatch, "a duration is a text such as '1h30m', or duration('5400s')")
    }
  }

  private static func moment(
    _ value: CELValue, now: Moment, clock: Clock
  ) throws(CELError) -> Moment {
    let time: CELTimestamp
    switch value {
    case .timestamp(let stamp): time = stamp
    case .string(let text): time = try CELTimestamp(parsing: text.description)
    default:
      throw CELError(
        .typeMismatch, "a time is a text such as '2027-01-31T09:00:00Z', or a timestamp()")
    }
    return clock.moment(
      ofEpochMicroseconds: time.seconds * 1_000_000 + Int64(time.nanoseconds) / 1000)
  }

  private func title(
    _ index: Int, _ approval: Control.Approval, secrets: any SecretSource
  ) -> Evaluated<String> {
    guard let template = workflow.expressions[index]?.text else { return .value(approval.title) }
    // People read it, and it is stored: secrets do not belong there.
    return evaluate(index, what: "approval.title", isRepeated: false, secrets: HiddenSecrets()) {
      bindings throws(CELError) in
      switch try template.evaluate(bindings) {
      case .string(let text): text.description
      case let other: String(decoding: try other.json(), as: UTF8.self)
      }
    }
  }

  /// A message for the run: kept until something uses it up.
  public mutating func receive(_ message: Message) {
    guard !inbox.contains(where: { $0.id == message.id }) else { return }
    let place = inbox.firstIndex { $0.id > message.id } ?? inbox.endIndex
    inbox.insert(message, at: place)
  }

  /// Hands messages to the nodes that wait for them.
  mutating func deliver(now: Moment, changes: inout Changes) {
    deliverChildEnds(now: now, changes: &changes)
    guard !inbox.isEmpty, sleepingCount > 0, cancel == nil else { return }
    for index in workflow.workflow.nodes.indices {
      guard case .waiting = nodes[index].status,
        !isEnding || workflow.isErrorHandler[origin(of: index)]
      else { continue }
      switch definition(index).control {
      case .wait(.signal(let name, _)):
        guard let message = takeSignal(name, changes: &changes) else { continue }
        wakeUp(index, .succeeded(received(message)), now: now, changes: &changes)
      case .approval:
        guard let message = takeAnswer(to: definition(index).id, changes: &changes) else {
          continue
        }
        wakeUp(index, answered(index, message), now: now, changes: &changes)
      default: continue
      }
    }
  }

  private mutating func takeSignal(_ name: String, changes: inout Changes) -> Message? {
    take(changes: &changes) { $0.kind == .signal(name: name) }
  }

  private mutating func takeAnswer(to node: String, changes: inout Changes) -> Message? {
    take(changes: &changes) { message in
      if case .answer(node, _, _) = message.kind { true } else { false }
    }
  }

  private mutating func take(
    changes: inout Changes, _ matches: (Message) -> Bool
  ) -> Message? {
    guard let place = inbox.firstIndex(where: matches) else { return nil }
    let message = inbox.remove(at: place)
    changes.consumed.append(message.id)
    return message
  }

  private func received(_ message: Message) -> Payload {
    var bytes = Array(#"{"received":true,"payload":"#.utf8)
    bytes.append(contentsOf: message.payload.bytes)
    bytes.append(contentsOf: #","from":"#.utf8)
    bytes.append(contentsOf: JSONValue.string(message.sender).payload.bytes)
    bytes.append(UInt8(ascii: "}"))
    return Payload(bytes: bytes)
  }

  private func signalQuestion(_ name: String) -> Payload {
    JSONValue.object([.init("signal", .string(name))]).payload
  }

  private func answered(_ index: Int, _ message: Message) -> Outcome {
    guard case .answer(_, let isYes, let comment) = message.kind else { return .skipped }
    var members: [JSONValue.Member] = [
      .init("approved", .bool(isYes)), .init("by", .string(message.sender)),
    ]
    if let comment { members.append(.init("comment", .string(comment))) }
    let node = definition(index)
    if !isYes, node.otherwise.isEmpty {
      return .failed(
        NodeError(
          .validation,
          "rejected by \(message.sender)" + (comment.map { ": \($0)" } ?? ""), code: "rejected",
          context: context(of: index)))
    }
    return .succeeded(JSONValue.object(members).payload)
  }

  /// Whether what a node waits for is a message.
  func awaitsMessage(_ index: Int) -> Bool {
    if isChild(index) { return true }
    switch definition(index).control {
    case .wait(.signal), .approval: return true
    default: return false
    }
  }

  /// Whether the time of something is up that waits for a message, and one may have come that nobody has told.
  public func isUnsure(now: Moment) -> Bool {
    guard sleepingCount > 0, heard < now else { return false }
    return nodes.indices.contains { index in
      guard case .waiting = nodes[index].status, let moment = wakingMoment(of: index) else {
        return false
      }
      return moment > heard && moment <= now && awaitsMessage(index)
    }
  }

  /// Whether that is all whose time is up. What is due besides has had its chance to start.
  public func isOnlyUnsure(now: Moment) -> Bool {
    guard isEnding || deadline.map({ now < $0 }) ?? true, isUnsure(now: now) else {
      return false
    }
    return nodes.indices.allSatisfy { index in
      guard let moment = wakingMoment(of: index), moment <= now else { return true }
      guard case .waiting = nodes[index].status else { return false }
      return moment > heard && awaitsMessage(index)
    }
  }

  /// All that was said until a moment has come. Returns whether something waited for that.
  public mutating func hear(upTo moment: Moment) -> Bool {
    guard moment > heard else { return false }
    let waited = isUnsure(now: moment)
    heard = moment
    return waited
  }

  /// The time of a control node that waits has come.
  mutating func timeIsUp(_ index: Int, now: Moment, changes: inout Changes) {
    if isChild(index) { return childIsLate(index, now: now, changes: &changes) }
    let node = definition(index)
    let outcome: Outcome
    switch node.control {
    case .wait(.signal(let name, let timeout)):
      outcome =
        node.otherwise.isEmpty
        ? .failed(
          NodeError(
            .timeout, "the signal '\(name)' did not come within \(timeout?.text ?? "its time")",
            code: "signal_timeout", context: context(of: index)))
        : .succeeded(Payload(json: #"{"received":false}"#))
    case .approval(let approval):
      outcome =
        node.otherwise.isEmpty
        ? .failed(
          NodeError(
            .timeout, "nobody answered within \(approval.timeout?.text ?? "its time")",
            code: "approval_expired", context: context(of: index)))
        : .succeeded(Payload(json: #"{"approved":false,"expired":true}"#))
    default: outcome = .succeeded(.null)
    }
    wakeUp(index, outcome, now: now, changes: &changes)
  }

  mutating func wakeUp(
    _ index: Int, _ outcome: Outcome, now: Moment, changes: inout Changes
  ) {
    sleepingCount -= 1
    apply(outcome, to: index, started: now, now: now, changes: &changes)
    // When it began to wait is stored.
    if let place = changes.rows.firstIndex(where: { $0.node == index && !$0.isFresh }) {
      changes.rows[place].started = nil
    }
  }
}
