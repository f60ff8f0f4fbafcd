import Synchronization

/// Asks once for what several want at a time, and keeps the answer for a while.
///
/// Whoever waits can be cancelled by itself: the question goes on for the others.
final class SharedAnswers<Question: Hashable & Sendable, Answer: Sendable>: Sendable {
  private struct Entry {
    var kept: (answer: Answer, until: ContinuousClock.Instant)?
    var waiters: [UInt64: CheckedContinuation<Answer, any Error>] = [:]
    var isAsked = false
  }

  private struct State {
    var entries: [Question: Entry] = [:]
    var lastID: UInt64 = 0

    /// The answer that is kept; else one more who waits, and whether nobody has asked yet.
    mutating func wait(
      for question: Question, _ id: UInt64, _ waiter: CheckedContinuation<Answer, any Error>
    ) -> (Answer?, mustAsk: Bool) {
      var entry = entries[question] ?? Entry()
      if let kept = entry.kept, kept.until > .now { return (kept.answer, false) }
      entry.kept = nil
      entry.waiters[id] = waiter
      let mustAsk = !entry.isAsked
      entry.isAsked = true
      entries[question] = entry
      return (nil, mustAsk)
    }

    /// Keeps the answer, if there is one. Returns those who wait for it.
    mutating func end(
      _ question: Question, _ answer: (answer: Answer, keptFor: Duration)?
    ) -> [CheckedContinuation<Answer, any Error>] {
      let waiters = entries.removeValue(forKey: question)?.waiters.values
      let now = ContinuousClock.now
      if entries.count >= 256 {
        entries = entries.filter {
          $0.value.isAsked || $0.value.kept.map { $0.until > now } ?? false
        }
      }
      if let answer {
        entries[question] = Entry(kept: (answer.answer, now + answer.keptFor))
      }
      return Array(waiters ?? [:].values)
    }
  }

  private let state = Mutex(State())

  /// - Parameter ask: gives the answer, and how long it is kept.
  func answer(
    for question: Question,
    _ ask: @escaping @Sendable () async throws -> (answer: Answer, keptFor: Duration)
  ) async throws -> Answer {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let (kept, mustAsk) = state.withLock { state in
          state.wait(for: question, id, continuation)
        }
        if let kept { return continuation.resume(returning: kept) }
        // Outlives who asked first: others wait for the same.
        if mustAsk { Task { await self.ask(question, ask) } }
        if Task.isCancelled { giveUp(question, id) }
      }
    } onCancel: {
      giveUp(question, id)
    }
  }

  /// Drops a kept answer that is no good any more.
  func forget(_ question: Question, where isBad: (Answer) -> Bool) {
    state.withLock { state in
      if let kept = state.entries[question]?.kept, isBad(kept.answer) {
        state.entries[question]?.kept = nil
      }
    }
  }

  private func ask(
    _ question: Question,
    _ ask: @Sendable () async throws -> (answer: Answer, keptFor: Duration)
  ) async {
    let result: Result<(answer: Answer, keptFor: Duration), any Error>
    do {
      result = .success(try await ask())
    } catch {
      result = .failure(error)
    }
    let waiters = state.withLock { state in state.end(question, try? result.get()) }
    for waiter in waiters { waiter.resume(with: result.map(\.answer)) }
  }

  private func giveUp(_ question: Question, _ id: UInt64) {
    let waiter = state.withLock { state in
      state.entries[question]?.waiters.removeValue(forKey: id)
    }
    waiter?.resume(throwing: CancellationError())
  }
}
