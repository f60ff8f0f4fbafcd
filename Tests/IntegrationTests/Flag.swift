import Synchronization

/// Raised once.
final class Flag: Sendable {
  private let state = Mutex(false)
  var isRaised: Bool { state.withLock { $0 } }

  /// True for the first one whose condition holds.
  func raise(if condition: Bool) -> Bool {
    guard condition else { return false }
    return state.withLock { raised in
      defer { raised = true }
      return !raised
    }
  }
}
