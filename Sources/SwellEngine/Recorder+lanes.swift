import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

/// Which lane a run waits in, by what its next step needs.
extension Recorder {
  /// Finds lanes, and makes those that are missing. One that somebody makes in a transaction which stays open is not
  /// waited for.
  func findLanes(
    _ missing: Set<LaneKey>, over connection: PostgresConnection
  ) async throws(PostgresError) {
    handOver()
    let now = MonotonicClock.now()
    guard nextLaneSearch <= now else { return }
    pulse.wait(index, until: now + configuration.callTimeout)
    defer { pulse.turn(index) }
    let rows: Rows
    do throws(PostgresError) {
      rows = try await connection.query(
        LanesCall.statement, LanesCall.call(Array(missing)).parameters,
        within: configuration.callTimeout)
    } catch {
      guard error.sqlState == "55P03" else { throw error }
      nextLaneSearch = MonotonicClock.now() + .seconds(1)
      logger.notice(
        "somebody makes a lane in a transaction that is still open; until it ends, runs wait in everybody's lane",
        metadata: ["lanes": "\(missing.map { "\($0.queue) \($0.joinedKinds)" }.sorted())"])
      return
    }
    lanes.add(try LanesCall.decode(rows))
  }

  func wakeMoment(of run: HeldRun, _ transition: Transition) -> Moment? {
    guard case .giveBack(_, let kinds) = transition else { return nil }
    return run.state.wakeMoment(besides: kinds)
  }

  /// The lane of the run's next step, if it is another than the one that is stored.
  func laneKey(_ run: HeldRun, _ transition: Transition) -> LaneKey? {
    let key: LaneKey
    switch transition {
    case .end: return nil
    case .giveBack(_, let kinds): key = LaneKey(queue: run.queue, kinds: kinds)
    case .goOn:
      // What is in flight is due again if this worker dies.
      switch run.state.kindsAtHand() {
      case .nothing: return nil
      case .one(let kind):
        if kind == run.laneKinds { return nil }
        key = LaneKey(queue: run.queue, joinedKinds: kind)
      case .several(let kinds): key = LaneKey(queue: run.queue, kinds: kinds)
      }
    }
    return key.joinedKinds == run.laneKinds ? nil : key
  }

  func setLane(_ item: Item) {
    guard let key = item.laneKey else { return }
    item.entry.lane = lanes.lane(queue: key.queue, joinedKinds: key.joinedKinds)
  }

  /// Names everybody's lane while there is no other: whoever claims the run from there looks for its lane again.
  func setAnyLane(_ item: Item, now: Moment) {
    setLane(item)
    guard item.laneKey != nil, item.entry.lane == nil else { return }
    item.entry.lane = LaneKey.everybodys
    guard case .giveBack(let due, let kinds) = item.entry.transition else { return }
    // That may be this very recorder, at once.
    let soon = now + .milliseconds(500)
    item.entry.transition = .giveBack(due: max(due ?? soon, soon), kinds: kinds)
  }
}
