import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

/// Holds runs and carries them on: one connection, one record in flight.
///
/// While a record is in flight the next batch gathers, so batches grow with the load by
/// themselves. An actor on the reactor's thread, so that between two replies nothing switches
/// threads.
actor Recorder {
  let index: Int
  let worker: PostgresUUID
  let configuration: WorkerConfiguration
  let kinds: KindRegistry
  let library: DefinitionLibrary
  let mailbox: Mailbox
  let metrics: WorkerMetrics
  let pulse: Pulse
  let reactor: Reactor
  let logger: Logger
  let prober: Prober
  let starter: AttemptStarter
  let host: AttemptHost
  let claims: ClaimWatch
  let signalReach: SignalReach
  let quarantine: Quarantine
  /// The other recorders, to be invited when there is more than one can take.
  let peers: [Mailbox]
  /// How many runs this recorder holds at most.
  let quota: Int

  var identity: RecorderIdentity
  var held: [PostgresUUID: HeldRun] = [:]
  /// How many runs were held so far.
  var holds = 0
  /// What the last claim brought and is not held yet.
  var incoming: [ClaimedRun] = []
  /// Runs that the next record has something to say of, in the order in which they came up.
  var queue: [HeldRun] = []
  var lanes: LaneBook
  var board = CircuitBoard()
  /// When the next claim is worth a try.
  var nextClaim = Moment(microseconds: .min)
  /// Since when others were claiming from lanes whenever this recorder looked.
  var passedOverSince: Moment?
  var lastPassedOver = Moment(microseconds: .min)
  var lookReach = LookReach()
  /// When lanes and signals are looked at again, room or not.
  var nextLaneLook = Moment(microseconds: .min)
  /// Somebody has sent a signal since the last claim left.
  var hasSignals = false
  /// How many claims were sent that may have brought what is not known here: until a reconcile frees that.
  var unknownClaims = 0
  /// How many times the usual time a run that is asked for alone may take.
  var suspectPatience = 1
  /// When the claim left that is in flight.
  var claimLeft = Moment(microseconds: .min)
  /// What was claimed and cannot be read here.
  var unreadable: [ClaimedRun] = []
  /// Until then its claims come a little later than those of others.
  var standsBackUntil = Moment(microseconds: .min)
  /// No claim leaves before it, after the database refused so many of them in a row.
  var noClaimBefore = Moment(microseconds: .min)
  var refusedClaims = 0
  /// When lanes that are missing are looked for again, after somebody held one locked.
  var nextLaneSearch = Moment(microseconds: .min)
  /// When what was claimed without being known here is looked for again.
  var nextReconcile = Moment(microseconds: .max)
  var pace = ClaimPace()
  /// What the database's clock showed at the last claim.
  var clock = Clock.unknown
  /// The history of the database that the last reconcile found.
  var timeline: Int64?
  /// The inputs and stored results of what is held.
  var heldBytes = 0
  /// The payload of a record in bytes, give or take a run: less after one that did not go through in its time.
  var batchBytes = mostBatchBytes
  /// How many runs one record takes at most.
  var batchRuns: Int { max(64, quota / 2) }
  static let mostBatchBytes = 16 << 20
  static let leastBatchBytes = 1 << 16
  /// Whether the last claim brought as much as it asked for.
  var isBacklogged = false
  var looks: LookPace
  /// The run that has lost two workers and is alone here.
  var suspect: Suspect?
  var nextSuspectLook = Moment(microseconds: .max)
  /// The earliest moment at which an attempt in flight is looked at for its time.
  var nextAttemptCheck = Moment(microseconds: .max)
  /// The earliest moment at which a held run has something due.
  var nextRunMoment = Moment(microseconds: .max)
  /// Runs whose row was locked by somebody, and when they are tried again.
  var busyRuns: [HeldRun] = []
  /// Attempts to be handed over: one by one, threads would fall asleep and be woken for each.
  var starting: [AttemptRunner] = []
  /// Lanes that a record of a transaction was in want of.
  var wantedLanes: Set<LaneKey> = []
  /// Whether a reply is on its way that may tell of signals.
  var expectsNews = false
  /// Whether the connection is up and everything that is held is reconciled.
  var isServing = false
  var nextBusyTry = Moment(microseconds: .max)
  var stop = 0
  var drainDeadline = Moment(microseconds: .max)
  /// How long the database is waited for where nothing is held, but a claim may have brought something.
  var unknownDeadline = Moment(microseconds: .max)
  /// Whether attempts were told to end because the worker stops.
  var hasCancelled = false
  /// How often its usual time the server gives a statement, and when it last cut one off for that.
  var statementPatience = 1
  var lastCut = Moment(microseconds: 0)
  /// What is waited for, which may take long.
  var waiting = Waiting.nothing
  /// How many replies came, and how many of them a second ago.
  var turns = 0
  var turnsSeen = 0
  var isOver = false
  /// Grows with every failure, and begins anew once an exchange went through.
  var backoff = Backoff()
  var generator = SystemRandomNumberGenerator()

  enum Waiting {
    case nothing, reply, connection
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    reactor.asUnownedSerialExecutor()
  }

  init(
    index: Int, worker: PostgresUUID, configuration: WorkerConfiguration, kinds: KindRegistry,
    library: DefinitionLibrary, mailbox: Mailbox, peers: [Mailbox], metrics: WorkerMetrics,
    pulse: Pulse, reactor: Reactor, prober: Prober, starter: AttemptStarter,
    claims: ClaimWatch, signalReach: SignalReach, quarantine: Quarantine, database: PostgresPool,
    logger: Logger
  ) {
    self.index = index
    self.worker = worker
    self.configuration = configuration
    self.kinds = kinds
    self.library = library
    self.mailbox = mailbox
    self.peers = peers
    self.metrics = metrics
    self.pulse = pulse
    self.reactor = reactor
    self.prober = prober
    self.starter = starter
    self.claims = claims
    self.signalReach = signalReach
    self.quarantine = quarantine
    var logger = logger
    logger[metadataKey: "recorder"] = "\(index)"
    self.logger = logger
    self.host = AttemptHost(
      room: TransactionRoom(
        worker: worker, recorder: index, mailbox: mailbox, database: database,
        callTimeout: configuration.callTimeout, faults: configuration.faults),
      secrets: configuration.secrets, logger: logger,
      maxOutputBytes: configuration.maxOutputBytes)
    let count = peers.count + 1
    self.quota =
      configuration.concurrency / count
      + (index < configuration.concurrency % count ? 1 : 0)
    self.identity = RecorderIdentity(worker: worker, recorder: Int32(index), epoch: 1)
    self.looks = LookPace(isFirst: index == 0)
    self.lanes = LaneBook(kinds: kinds.names, queues: configuration.queues)
  }

  /// Serves until the worker stops and nothing is held any more. Never gives up on the database.
  func run() async {
    var isFirst = true
    var outage = OutageLog("the recorder")
    watch()
    host.room.belongs(to: self)
    // Whoever embeds a worker has no attempts that go on behind its back.
    defer {
      waiting = .nothing
      isOver = true
      pulse.end(index)
      cancelAttempts()
    }
    while !isDone {
      do throws(PostgresError) {
        // A try to connect is a call like others: it does not mean that the loop hangs.
        pulse.wait(index, until: MonotonicClock.now() + .seconds(11))
        waiting = .connection
        let connection = try await PostgresConnection.connect(
          database(), on: reactor, within: .seconds(10))
        waiting = .nothing
        do throws(PostgresError) {
          if !isFirst {
            // This may be another server, or one that was restored.
            lanes.forgetLanes()
            library.forget()
            signalReach.forget(now: MonotonicClock.now(), isElsewhere: true)
          }
          try await reconcile(over: connection, isFirst: isFirst)
          isFirst = false
          outage.back(logger: logger)
          try await serve(over: connection)
          await connection.close()
          return
        } catch {
          await connection.close()
          throw error
        }
      } catch {
        pulse.turn(index)
        suspectIsOutOfReach(now: MonotonicClock.now())
        if error.sqlState == "57014" { wasCut() }
        outage.lost(error, logger: logger, metadata: ["held": "\(held.count)"])
        await waitOut(backoff.next())
      }
    }
  }

  private var isDone: Bool {
    stop > 0 && held.isEmpty && unreadable.isEmpty
      && (unknownClaims == 0 || MonotonicClock.now() > unknownDeadline)
      || stop > 0 && MonotonicClock.now() > drainDeadline + .seconds(10)
  }

  /// One turn after the other: settle what came in, record it, claim more, start what is due.
  ///
  /// One record is on its way at a time. When its reply has come, the next one is sent before
  /// anything that the reply allows is started, so that server and worker are busy side by side.
  private func serve(over connection: PostgresConnection) async throws(PostgresError) {
    incoming = []
    isServing = true
    expectsNews = false
    for run in held.values {
      run.awaitsStart = false
      if !run.owesRecord { admit(run) }
    }
    defer { isServing = false }
    var flight: Flight?
    var hasLooked = false
    do throws(PostgresError) {
      while true {
        if flight == nil {
          pulse.turn(index)
          let now = look()
          if nextReconcile <= now { try await reconcile(over: connection, isFirst: false) }
          if stop > 0, try await drain(over: connection, now: now) { return }
          let claim = stop > 0 ? nil : claimIfTime(now: now)
          flight = try await depart(claim, over: connection)
        }
        guard let current = flight else {
          // What has just started may have something to say already.
          if queue.isEmpty || hasLooked {
            await sleep(now: MonotonicClock.now())
            hasLooked = false
          } else {
            hasLooked = true
          }
          continue
        }
        flight = nil
        hasLooked = false
        guard let landing = try await land(current, over: connection) else { continue }
        let now = look()
        if stop == 0, nextReconcile > now {
          flight = try await depart(claimIfTime(now: now), over: connection)
        }
        try await follow(landing, over: connection)
      }
    } catch {
      if let flight {
        for item in flight.items { item.run.isInFlight = false }
        putBack(flight.items)
      }
      throw error
    }
  }

  /// Takes over the news, and what time has brought.
  private func look() -> Moment {
    collect()
    let now = MonotonicClock.now()
    checkAttempts(now: now)
    wakeRuns(now: now)
    return now
  }

  /// Waits for news, or for the next thing that time brings.
  private func sleep(now: Moment) async {
    var until = min(nextAttemptCheck, nextRunMoment, nextBusyTry, nextReconcile)
    if stop == 0, quarantine.isClosed(now: now) {
      if index == 0 { until = min(until, max(nextSuspectLook, noClaimBefore, now)) }
    } else if stop == 0, room > 0 {
      until = min(until, max(claimMoment(now: now), noClaimBefore, now))
    }
    if stop > 0 { until = min(until, drainDeadline) }
    // A loop that only waits still turns, and so shows that it lives.
    until = min(until, now + .seconds(1))
    await pause(.microseconds(max(0, until.microseconds(since: now))))
  }

  func pause(_ duration: Duration) async {
    handOver()
    guard duration > .zero else { return }
    let mailbox = mailbox
    let timer = reactor.schedule(after: duration) { mailbox.poke() }
    await mailbox.wait()
    reactor.cancel(timer)
  }

  /// Takes over what others have posted.
  func collect() {
    let news = mailbox.drain()
    heard(stop: news.stop)
    if news.hasSignals {
      hasSignals = true
      nextClaim = min(nextClaim, MonotonicClock.now())
      looks.told()
      lookReach.surprised()
    }
    if news.mustLookEverywhere || !news.readyLanes.isEmpty {
      nextClaim = min(nextClaim, MonotonicClock.now())
      looks.told()
      if news.mustLookEverywhere || !news.readyLanes.allSatisfy(lanes.isAlwaysSearched) {
        lookReach.mustLookEverywhere()
        nextLaneLook = nextClaim
      } else {
        lookReach.notified()
      }
    }
    if !news.completions.isEmpty { metrics.change { $0.executed += news.completions.count } }
    if news.isInvited { nextClaim = min(nextClaim, MonotonicClock.now()) }
    for event in news.transactions { take(event) }
    for completion in news.completions {
      guard let run = held[completion.run], run.hold == completion.hold,
        let attempt = run.attempts[completion.node], attempt.number == completion.attempt
      else { continue }
      if attempt.isCommitting {
        run.transaction?.late = completion
        continue
      }
      run.attempts[completion.node] = nil
      if run.transaction?.ticket.node == completion.node { endTransaction(of: run) }
      // After a cancel for the stop a success is kept, and anything else is as if it had not been tried.
      if hasCancelled, attempt.handle.isCancelled, attempt.stopped == nil {
        guard case .success = completion.result else { continue }
      }
      var completion = completion
      completion.result = result(of: completion, attempt)
      run.completions.append(completion)
      enqueue(run)
    }
    for (signal, asked) in news.signals {
      // What was read before the run was claimed may have been taken by whoever held it then. The next heartbeat tells
      // what has not been.
      guard let run = held[signal.run], run.claimed <= asked else { continue }
      take(signal)
    }
  }

  /// An attempt that was stopped for its time ended as that, whatever the handler made of it.
  private func result(of completion: Completion, _ attempt: HeldRun.Attempt) -> AttemptResult {
    guard let stopped = attempt.stopped, case .failure = completion.result else {
      return completion.result
    }
    return .failure(
      stopError(stopped.reason, run: completion.run, attempt, node: completion.node))
  }

  func enqueue(_ run: HeldRun) {
    guard !run.isQueued else { return }
    run.isQueued = true
    queue.append(run)
  }

  private func wakeRuns(now: Moment) {
    if nextBusyTry <= now {
      nextBusyTry = Moment(microseconds: .max)
      let runs = busyRuns
      busyRuns = []
      for run in runs where held[run.id] === run { enqueue(run) }
    }
    guard nextRunMoment <= now else { return }
    nextRunMoment = Moment(microseconds: .max)
    for run in held.values {
      guard let moment = run.state.nextMoment() else { continue }
      if moment <= now { enqueue(run) } else { nextRunMoment = min(nextRunMoment, moment) }
    }
  }

  /// From 0 up to but not including 1.
  func random() -> Double {
    Double.random(in: 0..<1, using: &generator)
  }

  func canExecute(_ node: Node) -> Bool {
    guard let kind = node.requiredKind else { return true }
    return kinds.contains(kind)
  }
}
