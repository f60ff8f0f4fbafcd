import SwellCore
import SwellStore
import Synchronization

/// Where a recorder finds what others have for it, and what wakes it.
///
/// Any thread posts; one recorder drains and waits.
final class Mailbox: Sendable {
  struct Contents: Sendable {
    var completions: [Completion] = []
    var transactions: [TransactionEvent] = []
    var signals: [(report: SignalReport, asked: Moment)] = []
    /// The lanes that have something due, as somebody said at its commit.
    var readyLanes: Set<Int32> = []
    /// Something may be due anywhere.
    var mustLookEverywhere = false
    /// Somebody has sent a signal to a run that nobody may hold.
    var hasSignals = false
    /// Another recorder found more than it could take.
    var isInvited = false
    /// The worker stops: 1 drains, 2 at once.
    var stop = 0
  }

  private struct State {
    var contents = Contents()
    var isPosted = false
    var waiter: UnsafeContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func post(_ completion: Completion) {
    change { $0.completions.append(completion) }
  }

  func change(_ body: (inout Contents) -> Void) {
    let waiter = state.withLock { state in
      body(&state.contents)
      state.isPosted = true
      let waiter = state.waiter
      state.waiter = nil
      return waiter
    }
    waiter?.resume()
  }

  /// Takes everything but the request to stop, which stays.
  func drain() -> Contents {
    state.withLock { state in
      let contents = state.contents
      state.contents = Contents(stop: contents.stop)
      state.isPosted = false
      return contents
    }
  }

  /// How far the worker stops, whatever else there is.
  var stop: Int { state.withLock { $0.contents.stop } }

  /// Wakes the recorder without news.
  func poke() {
    change { _ in }
  }

  /// Returns at once if anything was posted since the last drain, else with the next post.
  func wait() async {
    await withUnsafeContinuation { continuation in
      let isPosted = state.withLock { state in
        if state.isPosted { return true }
        state.waiter = continuation
        return false
      }
      if isPosted { continuation.resume() }
    }
  }
}
