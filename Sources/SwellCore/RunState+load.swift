public import SwellModel

extension RunState {
  /// A run as it is stored.
  ///
  /// - Parameters:
  ///   - wave: the highest wave that was made ready before.
  ///   - stored: the rows of its nodes in the order in which they ended; rows of nodes that
  ///     the workflow does not have are ignored.
  public init(
    _ workflow: CompiledWorkflow, input: Payload, deadline: Moment?, wave: Int, crashes: Int,
    losses: [WorkerLoss], cancel: CancelRequest?, stored: [StoredNode],
    facts: RunFacts? = nil, inbox: [Message] = [], clock: Clock = .unknown
  ) {
    self.workflow = workflow
    self.input = input
    self.bytes = input.bytes.count
    self.facts = facts
    self.clock = clock
    self.documents = workflow.hasExpressions ? DocumentCache() : .unused
    self.nodes = [NodeProgress](repeating: NodeProgress(), count: workflow.workflow.nodes.count)
    self.wave = wave
    self.crashes = crashes
    self.deadline = deadline
    self.unresolved = workflow.ordinaryCount
    if !inbox.isEmpty { self.inbox = inbox }
    if !losses.isEmpty { self.losses = losses }
    if let cancel { self.cancel = cancel }
    for row in stored {
      guard let index = workflow.index(of: row.id) else { continue }
      if row.item > 0 || row.iteration > 0 {
        storedUnits[index, default: []].append(row)
      } else {
        load(row, into: index)
      }
    }
    if !stored.isEmpty {
      for index in nodes.indices where isOrdinary(index) && standing(of: index) != .pending {
        unresolved -= 1
      }
    }
    // Of a chain of fallbacks, the last failure is the one that failed the run.
    for index in failures
    where failedNode == nil && failsRun(index)
      && workflow.workflow.nodes[index].fallback.map({ nodes[$0].status == .skipped }) ?? true
    {
      failedNode = origin(of: index)
    }
    judgeAsLoaded()
    wakeAll(firstWave: wave)
  }

  mutating func load(_ row: StoredNode, into index: Int) {
    nodes[index].attempt = row.attempt
    nodes[index].retriesFrom = row.retriesFrom
    nodes[index].wave = row.wave
    keep(row.output, of: index)
    nodes[index].error = row.error
    nodes[index].isStored = true
    switch row.state {
    case .succeeded:
      nodes[index].status = .succeeded
      noteEdges(of: index)
    case .failed:
      nodes[index].status = .failed
      if !unit(index).isPart { failures.append(index) }
    case .cancelled: nodes[index].status = .cancelled
    case .skipped: nodes[index].status = .skipped
    case .retrying:
      nodes[index].status = .retrying(row.due ?? Moment(microseconds: .min))
      sleepingCount += 1
    case .waiting:
      nodes[index].status =
        definition(index).isControl || isChild(index)
        ? .waiting(until: row.due) : .parked(row.due ?? Moment(microseconds: .min))
      sleepingCount += 1
    case .pending: nodes[index].status = .idle
    }
  }

  /// Keeps an output in the place of the one that was there; nil lets go of that.
  mutating func keep(_ output: Payload?, of index: Int) {
    bytes += (output?.bytes.count ?? 0) - (nodes[index].output?.bytes.count ?? 0)
    nodes[index].output = output
  }

  /// Looks at every node once: what is ready becomes due in the wave.
  private mutating func wakeAll(firstWave: Int) {
    changed = []
    guard !isEnding else { return }
    for index in nodes.indices where nodes[index].status == .idle {
      wake(index, wave: firstWave)
    }
  }

  /// Whether it knows of something as stored that is not, beside what is on its way: a database that has forgotten what it
  /// had acknowledged.
  ///
  /// - Parameter stored: the state and the attempt of a unit's row, if it has one.
  public func isAhead(
    beside changes: Changes, of stored: (Unit) -> (state: String, attempt: Int)?
  ) -> Bool {
    // What was skipped gets its row when it is looked at.
    let unsent = Set(changes.rows.map(\.node)).union(changed)
    return nodes.indices.contains { index in
      guard nodes[index].isStored, !unsent.contains(index) else { return false }
      guard let row = stored(unit(index)) else { return true }
      let state: StoredNode.State
      switch nodes[index].status {
      case .waiting: state = .waiting
      case .succeeded: state = .succeeded
      case .failed: state = .failed
      case .cancelled: state = .cancelled
      case .skipped: state = .skipped
      case .idle, .due, .running, .retrying, .parked, .repeating: return false
      }
      return row.state != state.rawValue || row.attempt != nodes[index].attempt
    }
  }
}
