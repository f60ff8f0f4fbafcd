import Synchronization

/// The answer to calls that were sent, for who has something to do until it comes.
///
/// Awaited once. Whoever lets go of it without awaiting it leaves the calls to their end.
public final class PendingAnswer: Sendable {
  private struct State {
    var answer: Request.Answer?
    var waiter: UnsafeContinuation<Request.Answer, Never>?
  }

  private let state = Mutex(State())

  init() {}

  func take(_ answer: Request.Answer) {
    let waiter = state.withLock { state in
      guard let waiter = state.waiter else {
        state.answer = answer
        return UnsafeContinuation<Request.Answer, Never>?.none
      }
      state.waiter = nil
      return waiter
    }
    waiter?.resume(returning: answer)
  }

  /// The rows of each call, as `pipeline` returns them.
  ///
  /// - Throws: as `pipeline` does.
  public func rows() async throws(PostgresError) -> [Rows] {
    let answer = await withUnsafeContinuation { continuation in
      let answer = state.withLock { state in
        if state.answer == nil { state.waiter = continuation }
        return state.answer
      }
      if let answer { continuation.resume(returning: answer) }
    }
    return try answer.get()
  }
}
