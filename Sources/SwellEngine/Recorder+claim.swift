import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

extension Recorder {
  /// How long a recorder leaves lanes to others that claim from them.
  private static let patience = Duration.milliseconds(250)
  /// Of more lanes than these no turns are taken.
  private static let lanesInTurn = 256
  /// Whoever met somebody since then counts lanes as contended.
  private static let contention = Duration.milliseconds(-100)

  /// How many more runs may be held: none while what is held is large already.
  var room: Int {
    guard heldBytes < ClaimPace.bytesHeld || countBytes() < ClaimPace.bytesHeld else { return 0 }
    return max(0, quota - held.count - incoming.count)
  }

  /// The bytes of what is held, counted anew.
  @discardableResult
  func countBytes() -> Int {
    heldBytes = held.values.reduce(0) { $0 + $1.bytes }
    return heldBytes
  }

  /// Whether others claim from the same lanes.
  private func isContended(now: Moment) -> Bool {
    passedOverSince != nil || lastPassedOver > now + Self.contention
  }

  /// A claim, if there is room and one is worth a try now.
  func claimIfTime(now: Moment) -> ClaimCall? {
    let alone = claimAlone(now: now)
    guard noClaimBefore <= now || alone != nil else { return nil }
    if let alone { return alone }
    let room = room
    let isClosed = quarantine.isClosed(now: now)
    guard room > 0, !isClosed else {
      // Lanes, signals and deadlines do not wait for room.
      guard index == 0, nextLaneLook <= now || hasSignals || isClosed && nextSuspectLook <= now
      else { return nil }
      return forNoRuns(isUnbounded: nextLaneLook <= now, now: now)
    }
    let isUnbounded = lookReach.nextEverywhere <= now
    guard claimMoment(now: now) <= now || isUnbounded && index == 0 else { return nil }
    // A little room is not worth the statement while much is in flight.
    if room < quota / 8, !held.isEmpty, !isUnbounded, !hasSignals, !queue.isEmpty { return nil }
    let isFirst = index == 0
    // A worker with room that found nothing several times is idle, whatever else it holds.
    let marksIdle = isFirst && (held.isEmpty || looks.isIdle)
    let isContended = isContended(now: now)
    let limit = pace.runs(room: room, held: heldBytes, isContended: isContended)
    // One for no runs leaves to the next one what it has to look for.
    let look = limit > 0 ? lookReach.depart(now: now) : isUnbounded ? .everywhere : .near
    let call = ClaimCall(
      places: lanes.places(look, all: marksIdle),
      limit: limit,
      crashedOnce: isFirst ? crashedOnceRoom : 0, crashedTwice: 0,
      isUnbounded: isUnbounded, marksIdle: marksIdle,
      // Whoever keeps its turn for longer than a claim takes may have been stopped in it.
      // Each lane is a lock of the server's table of locks.
      isInTurn: lanes.open.count <= Self.lanesInTurn
        && passedOverSince.map { now < $0 + Self.patience } ?? true,
      signalsFrom: signalReach.from)
    return leaving(call, now: now)
  }

  /// Folds signals, and if it is unbounded wakes what is late and asks for the lanes.
  private func forNoRuns(isUnbounded: Bool, now: Moment) -> ClaimCall {
    leaving(
      ClaimCall(
        places: suspectPlaces(now: now), limit: 0, crashedOnce: 0, crashedTwice: 0,
        isUnbounded: isUnbounded,
        marksIdle: false, isInTurn: true, signalsFrom: signalReach.from), now: now)
  }

  func leaving(_ call: ClaimCall, now: Moment) -> ClaimCall {
    hasSignals = false
    claimLeft = now
    return call
  }

  /// A claim returned: where to look next, and how much came.
  ///
  /// - Parameter hasMet: whether another recorder of this worker was claiming at the same time.
  func heard(_ claim: ClaimCall, _ reply: ClaimReply, hasMet: Bool) {
    let now = MonotonicClock.now()
    if claim.limit > 0 { refusedClaims = 0 }
    // The database's clock has gone back: what it says now is due lies below the bounds.
    if clock != .unknown, reply.now + 1_000_000 < clock.epochMicroseconds(at: now) {
      lanes.forgetBounds()
    }
    if let ids = reply.signalIDs {
      signalReach.saw(
        ids, from: claim.isUnbounded ? 0 : claim.signalsFrom, left: claimLeft, returned: now)
    }
    clock = Clock(moment: now, epochMicroseconds: reply.now)
    show(reply.circuits)
    var knewLanes = true
    if let reported = reply.lanes {
      knewLanes = !lanes.open.isEmpty
      if lanes.update(reported) { knewLanes = false }
    } else if claim.isUnbounded {
      lanes.update([])
    }
    var pause: Duration?
    if claim.isUnbounded {
      let time = lookReach.sawEverything(
        took: reply.took, forRuns: claim.limit > 0, now: now)
      nextLaneLook = now + time
      pause = time
    }
    if claim.crashedTwice > 0 { return cameAlone(reply, now: now) }
    guard claim.limit > 0 else {
      if !claim.places.isEmpty { meetSuspects(areDue: reply.hasSuspects, now: now) }
      // Somebody else may have room for what comes meanwhile.
      for peer in peers { peer.change { $0.isInvited = true } }
      return
    }
    lookReach.came(isPassedOver: reply.passed > 0, pause: pause, now: now)
    // What lost its worker comes out of turn, and says nothing of what is due before it.
    for run in reply.runs where run.crashes == 0 {
      lanes.raiseBound(lane: run.lane, priority: run.priority, to: run.dueAt)
    }
    if reply.runs.contains(where: { lanes.isNews(lane: $0.lane, priority: $0.priority) }) {
      lookReach.surprised()
    }
    let isContended = isContended(now: now) || reply.passed > 0
    let isFirst = index == 0
    if isFirst, reply.passed > 0, !hasMet, room >= quota / 2 { claims.firstWaits(now: now) }
    let isFirstWaiting = claims.isFirstWaiting(now: now)
    if reply.passed > 0 {
      lastPassedOver = now
      // Where the first recorder has room, it is the one that loses patience.
      passedOverSince = isFirst || !isFirstWaiting ? passedOverSince ?? now : now
    } else {
      passedOverSince = nil
    }
    isBacklogged = reply.runs.count >= claim.limit
    scheduleNextClaim(claim, reply, hasMet: hasMet, now: now)
    meetSuspects(areDue: reply.hasSuspects, now: now)
    // The first unbounded look learns the lanes; the work in them is looked for right away.
    if !knewLanes, !lanes.open.isEmpty {
      nextClaim = now
      looks.told()
    }
    guard !reply.runs.isEmpty else { return }
    // Where several wait for their turn, one more of this worker would only wait, too.
    if isBacklogged, !isContended {
      for peer in peers { peer.change { $0.isInvited = true } }
    }
    let bytes = come(reply.runs)
    pace.took(runs: reply.runs.count, bytes: bytes)
  }

  /// Runs were claimed, and are held soon. Returns their bytes.
  @discardableResult
  func come(_ runs: [ClaimedRun]) -> Int {
    metrics.change { $0.claimed += runs.count }
    incoming = runs
    let bytes = runs.reduce(0) { $0 + $1.bytes }
    heldBytes += bytes
    return bytes
  }

  /// Holds what was claimed, and starts what is due of it.
  func took(
    _ reply: ClaimReply, over connection: PostgresConnection
  ) async throws(PostgresError) {
    defer { incoming = [] }
    let now = MonotonicClock.now()
    var loaded: [HeldRun] = []
    for (place, claimed) in reply.runs.enumerated() {
      do throws(PostgresError) {
        switch try await definition(of: claimed, over: connection) {
        case .success(let workflow): loaded.append(hold(claimed, workflow, now: now))
        case .failure:
          if let run = end(unreadable: claimed, now: now) {
            loaded.append(run)
          } else {
            unreadable.append(claimed)
          }
        }
      } catch {
        // The rest was claimed and is not known here: reconcile frees it.
        for run in loaded { take(up: run) }
        logger.debug("a claim was cut short", metadata: ["after": "\(place)"])
        throw error
      }
    }
    for run in loaded { take(up: run) }
    suspectStarts(now: MonotonicClock.now())
    reach(.afterClaim)
    for run in loaded { begin(run, now: now) }
    updateGauges()
  }

  private func take(up run: HeldRun) {
    if let old = held[run.id] { drop(old, why: "it was claimed anew") }
    held[run.id] = run
  }

  private func passedOver(hasMet: Bool, now: Moment) -> Duration {
    looks.passedOver(byWorker: !hasMet, isFirstWaiting: claims.isFirstWaiting(now: now))
  }

  private func scheduleNextClaim(
    _ claim: ClaimCall, _ reply: ClaimReply, hasMet: Bool, now: Moment
  ) {
    guard reply.runs.isEmpty else {
      looks.found()
      nextClaim = now
      return
    }
    guard reply.passed == 0 else {
      nextClaim = now + passedOver(hasMet: hasMet, now: now)
      return
    }
    // NOTIFY comes in between. Only the first recorder looks while all are idle; it invites the
    // others when it finds much.
    // Out of turn it did not wait for whoever may be in the middle of a claim still.
    let idlePause = claim.isInTurn ? looks.foundNothing() : passedOver(hasMet: hasMet, now: now)
    var pause = index == 0 ? idlePause : .seconds(3600)
    if let nextDueIn = reply.nextDueIn, index == 0 {
      pause = min(pause, .microseconds(max(0, nextDueIn)))
    }
    nextClaim = now + pause
  }

  /// The database cannot read what a claim asks for: what comes first and cannot be read is paused, and the next claim
  /// asks for less.
  func refused(
    _ claim: ClaimCall, _ error: PostgresError, over connection: PostgresConnection
  ) async throws(PostgresError) {
    logger.error("the database refused a claim", metadata: ["error": "\(error)"])
    let now = MonotonicClock.now()
    lookReach.came(isPassedOver: true, pause: nil, now: now)
    pace.wasRefused()
    refusedClaims += 1
    // The next record goes alone.
    noClaimBefore = now + .milliseconds(min(100 << min(refusedClaims, 8), 10_000))
    handOver()
    pulse.wait(index, until: now + configuration.callTimeout * 2)
    waiting = .reply
    defer { waiting = .nothing }
    if claim.limit > 0 || claim.crashedTwice > 0 { try await lookAgain(over: connection) }
    let call = SetAsideCall.call(by: identity, in: lanes.places(.everywhere, all: true))
    let rows = try await connection.query(
      call.statement, call.parameters, within: configuration.callTimeout)
    pulse.turn(index)
    let runs = try SetAsideCall.decode(rows)
    for (run, why) in runs {
      logger.critical(
        "a run is paused: \(why); repair the database or give the run another value, then resume it",
        metadata: ["run": "\(run)"])
    }
    if !runs.isEmpty { noClaimBefore = now + .milliseconds(100) }
  }

  /// What a claim that failed did not leave: what was due by its signals or its deadline, and the lanes.
  private func lookAgain(over connection: PostgresConnection) async throws(PostgresError) {
    let look = forNoRuns(isUnbounded: true, now: MonotonicClock.now())
    let call = look.call(by: identity)
    do throws(PostgresError) {
      let rows = try await connection.query(
        call.statement, call.parameters, within: configuration.callTimeout)
      heard(look, try ClaimReply(rows), hasMet: false)
    } catch {
      // What was said to a run cannot be read either.
      guard error.blamesStorage else { throw error }
    }
  }

  private func definition(
    of claimed: ClaimedRun, over connection: PostgresConnection
  ) async throws(PostgresError) -> Result<CompiledWorkflow, NodeError> {
    if let known = library.known(claimed.workflow) { return known }
    pulse.wait(index, until: MonotonicClock.now() + configuration.callTimeout)
    defer { pulse.turn(index) }
    return try await library.load(
      claimed.workflow, over: connection, within: configuration.callTimeout)
  }

  /// A claimed run as a value that can be planned.
  func hold(_ claimed: ClaimedRun, _ workflow: CompiledWorkflow, now: Moment) -> HeldRun {
    let deadline = claimed.deadlineIn.map { now.advanced(byMicroseconds: $0) }
    var losses: [RunState.WorkerLoss] = []
    var cancel: RunState.CancelRequest?
    var inbox: [Message] = []
    for signal in claimed.signals {
      switch signal.kind {
      case .cancel: cancel = cancel ?? .init(by: signal.sender, reason: signal.reason)
      case .workerLost:
        losses.append(.init(worker: signal.worker ?? "unknown", wave: signal.wave ?? 0))
      case .pause, .resume, .more: break
      case .signal, .answer, .child:
        if let message = Message(signal) { inbox.append(message) }
      case .unreadable, .unknown: break
      }
    }
    var state =
      claimed.nodes.isEmpty && claimed.signals.isEmpty && claimed.crashes == 0
      ? RunState(
        workflow, input: claimed.input, deadline: deadline, facts: facts(of: claimed, workflow),
        clock: clock)
      : RunState(
        workflow, input: claimed.input, deadline: deadline, wave: claimed.wave,
        crashes: claimed.crashes, losses: losses, cancel: cancel,
        stored: claimed.nodes.compactMap { stored($0, now: now) },
        facts: facts(of: claimed, workflow),
        inbox: inbox, clock: clock)
    state.heard =
      claimed.signals.contains { $0.kind == .more } ? Moment(microseconds: .min) : now
    holds += 1
    let run = HeldRun(
      id: claimed.id, token: claimed.token, hold: holds, queue: claimed.queue, state: state,
      claimed: now, crashes: claimed.crashes)
    run.laneKinds = lanes.joinedKinds(of: claimed.lane)
    run.started = claimed.startedAgo.map { now.advanced(byMicroseconds: -$0) }
    run.family = claimed.parent.flatMap { parent in
      claimed.place.map { .init(parent: parent, place: $0) }
    }
    for signal in claimed.signals {
      if signal.kind == .more { run.hasMoreMessages = true }
      if signal.kind == .pause || signal.kind == .resume {
        run.isPausing = signal.kind == .pause
        run.lastWish = signal.id
      }
      run.seenSignals.insert(signal.id)
      if signal.kind == .workerLost { run.crashSignals.append(signal.id) }
    }
    return run
  }

  private func facts(of claimed: ClaimedRun, _ workflow: CompiledWorkflow) -> RunFacts? {
    guard workflow.hasExpressions || workflow.workflow.inputSchema != nil else { return nil }
    // What one item sees of its run is its parent's.
    let name = claimed.workflow.name.prefix { $0 != "/" }
    return RunFacts(
      id: "\(workflow.isPart ? claimed.parent ?? claimed.id : claimed.id)", workflow: String(name),
      version: claimed.workflow.version, queue: claimed.queue,
      depth: claimed.place?.depth ?? 0)
  }

  func stored(_ row: ClaimedRun.StoredRow, now: Moment) -> StoredNode? {
    guard let state = StoredNode.State(rawValue: row.state) else { return nil }
    return StoredNode(
      id: row.id, item: row.item, iteration: row.iteration, state: state, wave: row.wave,
      attempt: row.attempt,
      retriesFrom: row.retriesFrom, due: row.dueIn.map { now.advanced(byMicroseconds: $0) },
      output: row.output, error: row.error)
  }

  /// The first look at a claimed run: what is due starts at once.
  private func begin(_ run: HeldRun, now: Moment) {
    run.state.advance(now: now, changes: &run.changes)
    guard run.changes.isEmpty, lanes.serves(queue: run.queue) || run.state.isEnding else {
      enqueue(run)
      return
    }
    start(run, now: now)
  }
}
