import SwellCore
import Synchronization

/// Whether the recorders' loops still turn: only then does the worker say that it lives.
final class Pulse: Sendable {
  private let turns: Mutex<[Moment]>
  private let calls: Mutex<[Moment?]>

  init(recorders: Int) {
    turns = Mutex([Moment](repeating: MonotonicClock.now(), count: recorders))
    calls = Mutex([Moment?](repeating: nil, count: recorders))
  }

  func turn(_ recorder: Int) {
    let now = MonotonicClock.now()
    turns.withLock { $0[recorder] = now }
    calls.withLock { $0[recorder] = nil }
  }

  /// A recorder waits for the database until the moment at the latest.
  func wait(_ recorder: Int, until moment: Moment) {
    calls.withLock { $0[recorder] = moment }
  }

  /// A recorder has nothing left to do, while others may drain for long.
  func end(_ recorder: Int) {
    wait(recorder, until: Moment(microseconds: .max))
  }

  func isBeating(now: Moment) -> Bool {
    let turns = turns.withLock { $0 }
    let calls = calls.withLock { $0 }
    return turns.indices.allSatisfy { index in
      now.microseconds(since: turns[index]) < 5_000_000 || (calls[index].map { $0 > now } ?? false)
    }
  }
}
