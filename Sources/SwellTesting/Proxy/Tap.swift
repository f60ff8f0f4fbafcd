import Foundation
import Synchronization

/// Lets bytes through, or holds them back until it is opened again.
final class Tap: Sendable {
  private struct State {
    var isClosed = false
    var isOver = false
  }

  private let state = Mutex(State())
  private let change = NSCondition()

  func close() {
    state.withLock { $0.isClosed = true }
  }

  func open() {
    update { $0.isClosed = false }
  }

  /// Nobody waits here any more.
  func end() {
    update { $0.isOver = true }
  }

  /// Returns when the tap is open.
  func pass() {
    change.lock()
    defer { change.unlock() }
    while state.withLock({ $0.isClosed && !$0.isOver }) { change.wait() }
  }

  /// Returns when the time has passed and the tap is open.
  func pass(after time: Duration) {
    if time > .zero {
      let end = Date(timeIntervalSinceNow: time / .seconds(1))
      change.lock()
      while !state.withLock({ $0.isOver }), change.wait(until: end) {}
      change.unlock()
    }
    pass()
  }

  private func update(_ body: (inout State) -> Void) {
    change.lock()
    state.withLock { body(&$0) }
    change.broadcast()
    change.unlock()
  }
}
