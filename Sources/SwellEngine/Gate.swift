import SwellPostgres
import Synchronization

/// Closed until the worker is known to the database; remembers why it is not.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var error: PostgresError?
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  func open() {
    let waiters = state.withLock { state in
      state.isOpen = true
      state.error = nil
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func report(_ error: PostgresError) {
    state.withLock { $0.error = error }
  }

  var isOpen: Bool { state.withLock { $0.isOpen } }
  var error: PostgresError? { state.withLock { $0.error } }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiters.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }
}
