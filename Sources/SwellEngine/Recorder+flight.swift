import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

extension Recorder {
  /// A record and a claim on their way to the server: one transaction, one round trip.
  struct Flight {
    var items: [Item]
    var claim: ClaimCall?
    /// Whether it may bring runs, and has left.
    var mayBring = false
    /// Of a claim that takes its turn among those of this worker.
    var passage: ClaimWatch.Passage?
    var answer: PendingAnswer
  }

  /// What a reply leaves to be done: what it allows to start.
  struct Landing {
    var goingOn: [HeldRun] = []
    var claim: ClaimCall?
    var claimed: ClaimReply?
  }

  /// Sends what has ended, and a claim; nil when there is nothing to send.
  func depart(
    _ claim: ClaimCall?, over connection: PostgresConnection
  ) async throws(PostgresError) -> Flight? {
    try await leaveUnreadable(over: connection)
    guard !queue.isEmpty || claim != nil else { return nil }
    let now = MonotonicClock.now()
    let items = try await gather(now: now, over: connection)
    guard !items.isEmpty || claim != nil else { return nil }
    var calls: [Call] = []
    if !items.isEmpty { calls.append(record(items, now: now)) }
    if let claim { calls.append(claim.call(by: identity)) }
    if !items.isEmpty { reach(.beforeCommit) }
    for item in items { item.run.isInFlight = true }
    expectsNews = true
    // Nobody but who asks for one run alone takes one whose row takes long to read.
    let patience =
      claim.map { $0.crashedTwice > 0 ? suspectPatience : $0.limit == 1 ? pace.patience : 1 } ?? 1
    // Over a connection that is known to be lost nothing leaves.
    let mayBring = claim?.bringsRuns == true && connection.isUsable
    if mayBring { unknownClaims += 1 }
    return Flight(
      items: items, claim: claim, mayBring: mayBring,
      passage: claim.flatMap { $0.limit > 0 ? claims.depart() : nil },
      answer: connection.send(
        calls, within: configuration.callTimeout * patience, atMost: longestFlight))
  }

  /// How long a call may take while its bytes move: what one run stores, or has stored, may be more than passes in the
  /// usual time.
  var longestFlight: Duration { configuration.callTimeout * Self.mostPatience }
  static let mostPatience = 16

  /// Waits for the reply and takes over what it says. Nothing starts yet: what ended meanwhile can
  /// be sent first, so that the server has work while this worker plans. Returns nil when the batch
  /// was refused and has been dealt with in parts.
  func land(
    _ flight: Flight, over connection: PostgresConnection
  ) async throws(PostgresError) -> Landing? {
    let items = flight.items
    defer {
      expectsNews = false
      turns += 1
    }
    handOver()
    pulse.wait(index, until: MonotonicClock.now() + longestFlight)
    let replies: [Rows]
    waiting = .reply
    do throws(PostgresError) {
      replies = try await flight.answer.rows()
      waiting = .nothing
    } catch {
      waiting = .nothing
      for item in items { item.run.isInFlight = false }
      if error.callIndex == 0, !items.isEmpty, error.blamesValue {
        // The claim came to nothing with the record: the next one has to look as far.
        if flight.passage != nil {
          lookReach.came(isPassedOver: true, pause: nil, now: MonotonicClock.now())
        }
        if flight.claim != nil { hasSignals = true }
        cameToNothing(flight)
        try await split(items, error: error, over: connection)
        return nil
      }
      if let claim = flight.claim, error.callIndex == (items.isEmpty ? 0 : 1),
        error.blamesStorage
      {
        // The record would come to nothing with every claim.
        putBack(items)
        cameToNothing(flight)
        try await refused(claim, error, over: connection)
        return nil
      }
      // By its own clock the server may be the first to give up.
      if error.code == .deadline || error.sqlState == "57014" {
        if let claim = flight.claim {
          if claim.crashedTwice == 0 {
            pace.ranLate()
          } else {
            suspectPatience = min(suspectPatience * 2, Self.mostPatience)
          }
        }
        batchBytes = max(Self.leastBatchBytes, batchBytes / 4)
      }
      putBack(items)
      throw error
    }
    let hasMet = flight.passage?.land() ?? false
    for item in items { item.run.isInFlight = false }
    pulse.turn(index)
    batchBytes = min(Self.mostBatchBytes, batchBytes * 2)
    var landing = Landing(claim: flight.claim)
    if !items.isEmpty {
      reach(.afterCommit)
      if reach(.recordReply) == .loseReply {
        putBack(items)
        throw PostgresError.lostReply
      }
      do throws(PostgresError) {
        landing.goingOn = took(items, try RecordReply(replies[0]))
      } catch {
        putBack(items)
        throw error
      }
    }
    if let claim = flight.claim, let rows = replies.last {
      if reach(.claimReply) == .loseReply { throw PostgresError.lostReply }
      let reply = try ClaimReply(rows)
      heard(claim, reply, hasMet: hasMet)
      if reply.runs.isEmpty { cameToNothing(flight) }
      landing.claimed = reply
    }
    backoff.reset()
    return landing
  }

  /// A claim has brought nothing.
  private func cameToNothing(_ flight: Flight) {
    if flight.mayBring { unknownClaims -= 1 }
  }

  /// Starts what the reply allows.
  func follow(
    _ landing: Landing, over connection: PostgresConnection
  ) async throws(PostgresError) {
    let now = MonotonicClock.now()
    for run in landing.goingOn where held[run.id] === run && !run.isInFlight {
      if run.state.runningCount > 0 { reach(.midWave) }
      start(run, now: now)
    }
    for run in landing.goingOn where !run.waitingTickets.isEmpty { admit(run) }
    // What follows may wait for the database.
    handOver()
    if let reply = landing.claimed, !reply.runs.isEmpty {
      try await took(reply, over: connection)
      unknownClaims -= 1
    }
  }

  /// Records what has ended and claims more, and starts what comes of it.
  func exchange(
    _ claim: ClaimCall?, over connection: PostgresConnection
  ) async throws(PostgresError) {
    guard let flight = try await depart(claim, over: connection),
      let landing = try await land(flight, over: connection)
    else { return }
    try await follow(landing, over: connection)
  }
}
