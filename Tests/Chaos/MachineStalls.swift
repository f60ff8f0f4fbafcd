import Foundation
import Synchronization

/// How long the machine itself did nothing for this process: a thread that wants to wake each 10 ms,
/// and how late it was. What a case says of delays is judged beside it.
final class MachineStalls: Sendable {
  private struct State {
    var total = Duration.zero
    var isDone = false
  }

  private static let pause = Duration.milliseconds(10)
  /// What the scheduler may take for any thread of a busy machine is no stall.
  private static let tolerated = Duration.milliseconds(20)

  private let state = Mutex(State())

  init() {
    Thread { [self] in
      var before = ContinuousClock.now
      while !state.withLock({ $0.isDone }) {
        usleep(useconds_t(Self.pause / .microseconds(1)))
        let now = ContinuousClock.now
        let late = now - before - Self.pause
        if late > Self.tolerated { state.withLock { $0.total += late } }
        before = now
      }
    }.start()
  }

  /// All of them so far, in milliseconds.
  var milliseconds: Double { state.withLock { $0.total / .milliseconds(1) } }

  func stop() {
    state.withLock { $0.isDone = true }
  }
}
