import SwellPostgres
import Synchronization

/// Closed until the worker is known to the database; remembers why it is not.
final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var isAbandoned = false
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

  /// Lets those who wait go on, though the gate is closed: the worker stops.
  func abandon() {
    let waiters = state.withLock { state in
      state.isAbandoned = true
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
      let mayPass = state.withLock { state in
        let mayPass = state.isOpen || state.isAbandoned
        if !mayPass { state.waiters.append(continuation) }
        return mayPass
      }
      if mayPass { continuation.resume() }
    }
  }
}
