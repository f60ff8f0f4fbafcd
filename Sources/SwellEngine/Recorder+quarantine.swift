import Logging
import SwellCore
import SwellPostgres
import SwellStore

/// What of runs that have lost workers is claimed, and beside what.
extension Recorder {
  /// A run that has lost two workers, and is alone here.
  enum Suspect {
    /// A claim for one is on its way.
    case asked
    case held(PostgresUUID)
  }

  /// How often is asked, while it is waited for a turn of its own, whether it is due still.
  private static let suspectLook = Duration.milliseconds(500)

  /// How many runs that have lost one worker may still come.
  var crashedOnceRoom: Int {
    let taken =
      held.values.lazy.filter { $0.crashes == 1 }.count
      + incoming.lazy.filter { $0.crashes == 1 }.count
    return max(0, CrashBudget.atOnceAfterOne - taken)
  }

  /// Whether nothing is held that was claimed lately.
  private func isQuiet(now: Moment) -> Bool {
    incoming.isEmpty && !held.values.contains { now < $0.claimed + CrashBudget.alone }
  }

  /// A claim has said whether runs are due that have lost two workers.
  func meetSuspects(areDue: Bool, now: Moment) {
    guard index == 0 else { return }
    let wasClosed = quarantine.isClosed(now: now)
    let longest = !areDue || isQuiet(now: now) ? 250_000.0 : 3_000_000
    let delay = Duration.microseconds(Int64(longest * random()))
    if let moment = quarantine.expect(areDue, now: now, delay: delay) {
      nextClaim = min(nextClaim, moment)
    } else if wasClosed, !quarantine.isClosed(now: now) {
      goOn(now: now)
    }
  }

  /// A claim of a run that has lost two workers, once nothing young is held beside it. Closes and opens the quarantine for
  /// that. No other claim is on its way.
  func claimAlone(now: Moment) -> ClaimCall? {
    if index == 0 {
      endSuspect(now: now)
      // One such run at a time, also after its first moments.
      if quarantine.isDue(now: now), room > 0, !held.values.contains(where: { $0.crashes == 2 }) {
        quarantine.close(now: now)
        logger.info(
          "a run that has lost two workers is due; nothing else is claimed until what was claimed lately has ended"
        )
        nextSuspectLook = now + Self.suspectLook
        invitePeers()
      }
    }
    guard quarantine.isClosed(now: now),
      quarantine.report(index, isQuiet: isQuiet(now: now))
    else { return nil }
    guard index == 0 else {
      peers[0].poke()
      return nil
    }
    guard room > 0 else { return nil }
    quarantine.ask()
    suspect = .asked
    nextSuspectLook = Moment(microseconds: .max)
    return leaving(
      ClaimCall(
        places: lanes.places(.everywhere, all: true), limit: 0, crashedOnce: 0, crashedTwice: 1,
        isUnbounded: false, marksIdle: false, isInTurn: true, signalsFrom: signalReach.from),
      now: now)
  }

  /// Where a claim for no runs looks for one that has lost two workers: nowhere, but while one is waited for.
  func suspectPlaces(now: Moment) -> [ClaimCall.Place] {
    guard quarantine.isClosing(now: now) else { return [] }
    nextSuspectLook = now + Self.suspectLook
    return lanes.places(.everywhere, all: true)
  }

  /// The claim of a run that is to be alone has returned.
  func cameAlone(_ reply: ClaimReply, now: Moment) {
    suspectPatience = 1
    guard let run = reply.runs.first else { return endSuspect(now: now) }
    suspect = .held(run.id)
    quarantine.came(now: now)
    logger.notice(
      "a run that has lost two workers begins alone; nothing else is claimed until it has ended, for ten seconds at most",
      metadata: ["run": "\(run.id)"])
    come(reply.runs)
  }

  /// The connection is lost: a run that is waited for cannot be asked for, and one that was claimed is not held.
  func suspectIsOutOfReach(now: Moment) {
    incoming = []
    endSuspect(now: now)
    guard index == 0, quarantine.isClosing(now: now) else { return }
    quarantine.open(hasCome: false, now: now, random: random())
    goOn(now: now)
  }

  /// Others may come once the run that was alone has ended, or has had its time, or its claim came to nothing.
  private func endSuspect(now: Moment) {
    switch suspect {
    case nil: return
    case .asked:
      quarantine.open(hasCome: false, now: now, random: random())
    case .held(let run):
      if quarantine.isClosed(now: now) {
        guard held[run] == nil, incoming.isEmpty else { return }
        // Whoever can read it comes first.
        let isUnreadable = unreadable.contains { $0.id == run }
        quarantine.open(
          hasCome: true, pause: isUnreadable ? .seconds(60) : .zero, now: now, random: random())
      }
    }
    suspect = nil
    goOn(now: now)
  }

  /// What was claimed is held now, and starts.
  func suspectStarts(now: Moment) {
    if case .held(let run) = suspect, held[run] != nil { quarantine.came(now: now) }
  }

  private func goOn(now: Moment) {
    nextClaim = min(nextClaim, now)
    invitePeers()
  }

  private func invitePeers() {
    for peer in peers { peer.change { $0.isInvited = true } }
  }
}
