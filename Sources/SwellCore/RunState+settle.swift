public import SwellModel

extension RunState {
  /// Takes the end of an attempt: decides what it means, and adds the rows that say so.
  ///
  /// - Parameters:
  ///   - result: how the attempt ended.
  ///   - started: when it was started.
  ///   - now: when it ended.
  ///   - random: numbers from 0 up to but not including 1, for jitter.
  public mutating func settle(
    _ index: Int, _ result: AttemptResult, started: Moment, now: Moment, policy: WorkerPolicy,
    random: () -> Double, changes: inout Changes
  ) {
    guard nodes[index].status == .running else { return }
    runningCount -= 1
    if case .notTried = result { nodes[index].attempt -= 1 }
    if let circuit = circuitNames[index] { note(result, ofCircuit: circuit, changes: &changes) }
    let outcome = classify(index, result, now: now, policy: policy, random: random)
    apply(outcome, to: index, started: started, now: now, changes: &changes)
  }

  /// What a result means: the one place that knows of retries.
  func classify(
    _ index: Int, _ result: AttemptResult, now: Moment, policy: WorkerPolicy, random: () -> Double
  ) -> Outcome {
    switch result {
    case .success(let output):
      return .succeeded(output)
    case .notTried:
      let node = definition(index)
      return .waiting(
        NodeError(
          .circuitOpen, "another worker is trying the circuit \(circuitNames[index] ?? "")",
          code: "circuit_half_open",
          context: NodeError.Context(
            node: node.id, operation: "probe", attempt: nodes[index].attempt,
            wave: nodes[index].wave)),
        until: now.advanced(byMicroseconds: 1_000_000 + Int64(random() * 500_000)))
    case .failure(let error):
      let isStopped =
        isEnding && (cancel != nil || !workflow.isErrorHandler[origin(of: index)])
      // However a node answers to being stopped, that is not why the run ends: the rows must
      // say the same to whoever loads them.
      if isStopped {
        return error.kind == .cancelled || failedNode == nil ? .cancelled(error) : .failed(error)
      }
      let retry = nodes[index].attempt - nodes[index].retriesFrom
      if error.kind.isRetryable,
        let delay = retryPolicy(of: index, policy).delay(beforeRetry: retry, random: random())
      {
        return .retry(
          error, at: now + min(max(error.retryAfter ?? delay, .zero), DurationText.longest))
      }
      return .failed(error)
    }
  }

  /// The node's own policy, else its workflow's, else the worker's; a fallback has only its own.
  func retryPolicy(of index: Int, _ policy: WorkerPolicy) -> RetryPolicy {
    let node = definition(index)
    // The nodes of a run of its own have had their retries.
    if isChild(index) { return node.isCall ? node.retry ?? .none : .none }
    if workflow.isFallback[unit(index).node] { return node.retry ?? .none }
    return node.retry ?? workflow.workflow.retry ?? policy.retry
  }

  private func note(_ result: AttemptResult, ofCircuit circuit: String, changes: inout Changes) {
    switch result {
    case .success:
      changes.circuits.append(.init(circuit: circuit, succeeded: true))
    case .failure(let error) where error.kind.isRetryable:
      changes.circuits.append(.init(circuit: circuit, succeeded: false))
    case .failure, .notTried: break
    }
  }

  /// Makes an outcome true: the one switch over all of them.
  mutating func apply(
    _ outcome: Outcome, to index: Int, started: Moment?, now: Moment, changes: inout Changes
  ) {
    if owesAfterCrash { owed.remove(index) }
    let outcome = fitting(outcome, index)
    var row = Changes.NodeRow(
      node: index, unit: unit(index), state: .succeeded, wave: nodes[index].wave,
      attempt: nodes[index].attempt,
      retriesFrom: nodes[index].retriesFrom, input: nil, output: nil, error: nil, degraded: false,
      due: nil, started: started, finished: now, isFresh: !nodes[index].isStored)
    nodes[index].isStored = true
    switch outcome {
    case .succeeded(let output):
      row.output = output
      row.degraded = workflow.isFallback[unit(index).node]
      keep(output, of: index)
      nodes[index].error = nil
      noteEdges(of: index)
      end(index, as: .succeeded)
    case .failed(let error):
      fail(index, error, as: .failed, row: &row, started: started, changes: &changes)
      if !unit(index).isPart { failures.append(index) }
      end(index, as: .failed)
    case .cancelled(let error):
      row.state = .cancelled
      fail(index, error, as: .cancelled, row: &row, started: started, changes: &changes)
      end(index, as: .cancelled)
    case .retry(let error, let moment):
      fail(index, error, as: .retrying, row: &row, started: started, changes: &changes)
      row.due = moment
      row.finished = nil
      nodes[index].status = .retrying(moment)
      sleepingCount += 1
    case .waiting(let error, let moment):
      let encoded = error.encoded()
      row.state = .waiting
      row.error = encoded
      row.due = moment
      row.finished = nil
      row.started = nil
      nodes[index].error = encoded
      nodes[index].status = .parked(moment)
      sleepingCount += 1
    case .asleep(let moment, let asks):
      row.state = .waiting
      row.due = moment
      row.input = asks
      row.finished = nil
      nodes[index].status = .waiting(until: moment)
      sleepingCount += 1
    case .skipped:
      // Its row is written when what follows from it is looked at.
      nodes[index].isStored = !row.isFresh
      if !unit(index).isPart, isOrdinary(index) { unresolved -= 1 }
      end(index, as: .skipped)
      return
    }
    // One that is stored, or about to be, may have a row in this very record.
    if row.isFresh { changes.rows.append(row) } else { changes.put(row) }
  }

  /// Whether the run may keep an output besides what it has.
  public func hasRoom(for output: Payload) -> Bool {
    bytes + output.bytes.count <= Self.mostBytes
  }

  /// The failure of a node for whose output the run has no room.
  public func tooLarge(_ index: Int) -> NodeError {
    NodeError(
      .tooLarge,
      "with its output the run would keep more than \(Self.mostBytes >> 20) MiB; let its nodes give less, or say "
        + "where to find it", code: "run_too_large", context: context(of: index))
  }

  /// An output for which there is no room is as good as none.
  private func fitting(_ outcome: Outcome, _ index: Int) -> Outcome {
    guard case .succeeded(let output) = outcome, !hasRoom(for: output) else { return outcome }
    return .failed(tooLarge(index))
  }

  private mutating func fail(
    _ index: Int, _ error: NodeError, as state: StoredNode.State, row: inout Changes.NodeRow,
    started: Moment?, changes: inout Changes
  ) {
    let encoded = error.encoded()
    row.state = state
    row.error = encoded
    row.input = storedInput(of: index).flatMap {
      (try? PayloadScan.check($0.bytes)) == nil ? nil : $0
    }
    changes.inputBytes += row.input?.bytes.count ?? 0
    if changes.inputBytes > Changes.mostInputBytes { row.input = nil }
    nodes[index].error = encoded
    // What was never started has no attempt to tell of.
    guard let started, let finished = row.finished else { return }
    changes.attempts.append(
      Changes.AttemptRow(
        node: index, unit: unit(index), number: nodes[index].attempt, wave: nodes[index].wave,
        error: encoded,
        started: started, finished: finished))
  }

  private mutating func end(_ index: Int, as status: NodeProgress.Status) {
    nodes[index].status = status
    changed.append(index)
  }
}
