import SwellCore
import SwellStore
import Synchronization

/// From which id on a worker looks for signals that nobody has seen: shared by its recorders and its heartbeat.
///
/// While somebody holds a snapshot, what is gone stays in the indexes, and each look at them would read it
/// again. Each look says which signal is the first. One that is committed late has an id below those
/// that others have got meanwhile: for as long as that may take, ids that were given since are not passed over.
/// One that takes longer is found by the next look everywhere, unless somebody else has found it before.
final class SignalReach: Sendable {
  /// How long the transaction that sends a signal may take and still be found by every look.
  static let lateCommit = Duration.seconds(2)
  /// How far apart the ids are that are kept.
  private static let spacing = Duration.milliseconds(250)

  private struct State {
    var from: Int64 = 0
    /// The last id that had been given by a time, oldest first.
    var given: [(by: Moment, id: Int64)] = []
    /// When the look left that is the newest of those that have come back.
    var newest = Moment(microseconds: .min)
    /// What left before then knows nothing of what came back since.
    var forgottenAt = Moment(microseconds: .min)
  }

  private let state = Mutex(State())

  /// For a call that leaves now; 0 is everything.
  var from: Int64 { state.withLock { $0.from } }

  /// A look came back.
  ///
  /// - Parameters:
  ///   - start: the id at which it began.
  ///   - left: when it left; what was there then, from its start on, it has seen.
  ///   - returned: when it came back; what it says was given, was given by then.
  func saw(_ ids: ClaimReply.SignalIDs, from start: Int64, left: Moment, returned: Moment) {
    state.withLock { state in
      guard left > state.forgottenAt else { return }
      // It was overtaken, or says nothing of what another one has found below its start.
      guard left > state.newest, start <= state.from else {
        state.from = min(state.from, ids.firstUnseen ?? .max)
        return
      }
      state.newest = left
      // Another server, which has forgotten the last ones, or whose ids begin anew.
      if let last = state.given.last, ids.lastGiven < last.id, last.by <= left { state.given = [] }
      if let settled = state.given.lastIndex(where: { $0.by + Self.lateCommit <= left }) {
        state.given.removeFirst(settled)
      }
      // It may be too early to pass over anything.
      let settled = state.given.first.flatMap { first in
        first.by + Self.lateCommit <= left ? first.id + 1 : nil
      }
      state.from = min(ids.firstUnseen ?? .max, settled ?? 0)
      if state.given.last.map({ returned >= $0.by + Self.spacing && ids.lastGiven >= $0.id })
        ?? true
      {
        state.given.append((returned, ids.lastGiven))
      }
    }
  }

  /// Signals that had been seen are to be shown anew: everything is looked at until a look has come back that
  /// leaves after that.
  ///
  /// - Parameter isElsewhere: whether the server may be another one: then until it is known again which ids were
  ///   given a while ago.
  func forget(now: Moment, isElsewhere: Bool) {
    state.withLock { state in
      state.from = 0
      if isElsewhere { state.given = [] }
      state.forgottenAt = now
    }
  }
}
