import SwellCore
import Synchronization

/// What the recorders of one worker know of each other's claims.
///
/// A recorder that is passed over while no other one's claim was on its way has met another worker.
final class ClaimWatch: Sendable {
  private struct State {
    var onTheirWay = 0
    /// How often a claim has left or come back.
    var changes = 0
    var firstWaited = Moment(microseconds: .min)
  }

  private static let memory = Duration.milliseconds(-200)

  private let state = Mutex(State())

  /// A claim leaves. It is on its way until it has landed, or nobody waits for it any more.
  func depart() -> Passage {
    state.withLock { state in
      let hasMet = state.onTheirWay > 0
      state.onTheirWay += 1
      state.changes += 1
      return Passage(watch: self, hasMet: hasMet, changes: state.changes)
    }
  }

  /// The first recorder has much room, and was passed over by another worker.
  func firstWaits(now: Moment) {
    state.withLock { $0.firstWaited = now }
  }

  /// Whether the first recorder could take lately what another one would, and came to no turn.
  func isFirstWaiting(now: Moment) -> Bool {
    state.withLock { $0.firstWaited } > now + Self.memory
  }

  /// One claim on its way.
  final class Passage: Sendable {
    private let watch: ClaimWatch
    private let hadMet: Bool
    private let changes: Int
    private let isOver = Mutex(false)

    fileprivate init(watch: ClaimWatch, hasMet: Bool, changes: Int) {
      self.watch = watch
      self.hadMet = hasMet
      self.changes = changes
    }

    deinit {
      if !isOver.withLock({ $0 }) { watch.cameBack() }
    }

    /// The claim has returned. Returns whether another one of this worker was on its way meanwhile.
    func land() -> Bool {
      let wasOver = isOver.withLock { isOver in
        defer { isOver = true }
        return isOver
      }
      guard !wasOver else { return hadMet }
      return watch.cameBack() != changes || hadMet
    }
  }

  /// Returns how often a claim had left or come back before.
  @discardableResult
  private func cameBack() -> Int {
    state.withLock { state in
      defer {
        state.onTheirWay -= 1
        state.changes += 1
      }
      return state.changes
    }
  }
}
