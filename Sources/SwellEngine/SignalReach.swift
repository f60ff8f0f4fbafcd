import SwellCore
import SwellStore
import Synchronization

/// From which id on a worker looks for signals: shared by its recorders and its heartbeat.
///
/// While somebody holds a snapshot, what is gone stays in the indexes, and each look at them would read it
/// again. A look everywhere says which signal is the first. One that is committed late has an id below those
/// that others have got meanwhile: for as long as that may take, ids that were given since are not passed over.
/// One that takes longer is found by the next look everywhere.
final class SignalReach: Sendable {
  /// How long the transaction that sends a signal may take and still be found by every look.
  static let lateCommit = Duration.seconds(10)
  /// How far apart the ids are that are kept.
  private static let spacing = Duration.seconds(1)

  private struct State {
    var from = SignalBounds.everything
    /// The last id that had been given at a time, oldest first.
    var given: [(at: Moment, id: Int64)] = []
    /// A look that left before then says nothing new.
    var validSince = Moment(microseconds: .min)
  }

  private let state = Mutex(State())

  /// The bounds of a call that leaves now.
  var bounds: SignalBounds { state.withLock { $0.from } }

  /// A look everywhere came back.
  ///
  /// - Parameter departed: when it left.
  func saw(_ report: ClaimReply.FirstSignals, departed: Moment) {
    state.withLock { state in
      guard departed > state.validSince else { return }
      state.validSince = departed
      // Another server, which has forgotten the last ones, or whose ids begin anew.
      if let last = state.given.last, report.lastGiven < last.id {
        state.given = []
      }
      if state.given.last.map({ departed >= $0.at + Self.spacing }) ?? true {
        state.given.append((departed, report.lastGiven))
      }
      if let settled = state.given.lastIndex(where: { $0.at + Self.lateCommit <= departed }) {
        state.given.removeFirst(settled)
      }
      // The first one may be younger than that: then it is too early to pass over anything.
      let settled = state.given.first.flatMap { first in
        first.at + Self.lateCommit <= departed ? first.id + 1 : nil
      }
      state.from = SignalBounds(
        any: min(report.any ?? .max, settled ?? 0),
        unseen: min(report.unseen ?? .max, settled ?? 0))
    }
  }

  /// Signals that had been seen are to be shown anew, or the server may be another one: everything is looked at
  /// until the next look everywhere.
  func forget(now: Moment) {
    state.withLock { state in
      state.from = .everything
      state.validSince = now
    }
  }
}
