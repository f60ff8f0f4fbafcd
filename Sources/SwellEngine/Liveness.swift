import Logging
import SwellCore
import SwellModel
import SwellPostgres
import SwellStore
import Synchronization

/// One connection that shows that this process lives: it holds the worker's session lock,
/// beats every two seconds, and listens.
///
///   connecting -> registered -> (lost) -> connecting at once
actor Liveness {
  private let registration: RegisterCall
  private let configuration: WorkerConfiguration
  private let mailboxes: [Mailbox]
  private let pulse: Pulse
  private let signalReach: SignalReach
  private let reactor: Reactor
  private let logger: Logger
  private let ready: Gate
  private let wake = Mailbox()
  private var isLocked = false
  private var isDraining = false
  private var isGone = false

  static let period = Duration.seconds(2)
  /// How long it tries to connect at a time when it has been there before, so that it is back in time
  /// when its last try was one in vain (`Rescuer.returnTime`); each second such try may take as
  /// long as any other's.
  private static let patience = Duration.seconds(5)

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    reactor.asUnownedSerialExecutor()
  }

  init(
    registration: RegisterCall, configuration: WorkerConfiguration, mailboxes: [Mailbox],
    pulse: Pulse, signalReach: SignalReach, reactor: Reactor, ready: Gate, logger: Logger
  ) {
    self.registration = registration
    self.configuration = configuration
    self.mailboxes = mailboxes
    self.pulse = pulse
    self.signalReach = signalReach
    self.reactor = reactor
    self.ready = ready
    self.logger = logger
  }

  func drain() {
    isDraining = true
    wake.poke()
  }

  /// Runs until the task is cancelled; then says goodbye.
  func run() async {
    // Short: whoever came back first after an outage waits for those who still wait for their next
    // try, and then rescues them (`Rescuer.returnTime`).
    var backoff = Backoff(cap: .seconds(1))
    var isPatient = true
    var outage = OutageLog("the liveness connection")
    while !Task.isCancelled {
      do throws(PostgresError) {
        let connection = try await PostgresConnection.connect(
          configuration.database, on: reactor,
          within: isPatient ? .seconds(10) : Self.patience)
        do throws(PostgresError) {
          try await register(over: connection)
          isPatient = false
          backoff.reset()
          outage.back(logger: logger)
          try await beat(over: connection)
          await connection.close()
        } catch {
          await connection.close()
          throw error
        }
      } catch {
        ready.report(error)
        if Task.isCancelled { return }
        outage.lost(error, logger: logger)
        isPatient = error.code == .deadline && !isPatient
        await pause(backoff.next())
      }
    }
  }

  private func register(over connection: PostgresConnection) async throws(PostgresError) {
    if !configuration.isPooled {
      _ = try await connection.execute(
        script: ListenCall.script, within: limit(.seconds(5)))
    }
    try await claimLock(over: connection)
    let mailboxes = mailboxes
    let wake = wake
    if !configuration.isPooled {
      // Ends by itself with the connection.
      Task(executorPreference: reactor) {
        for await notification in connection.notifications() {
          if notification.channel == "swell_ready" {
            // What it does not name is in no lane that is known here.
            let lane = Int32(notification.payload) ?? LaneKey.everybodys
            mailboxes[0].change { $0.readyLanes.insert(lane) }
          } else {
            wake.change { $0.mustLookEverywhere = true }
          }
        }
        wake.poke()
      }
    }
    for mailbox in mailboxes { mailbox.change { $0.mustLookEverywhere = true } }
    ready.open()
  }

  private func claimLock(over connection: PostgresConnection) async throws(PostgresError) {
    var call = registration
    call.locks = !configuration.isPooled
    let request = call.call()
    let rows = try await connection.query(
      request.statement, request.parameters, within: limit(.seconds(5)))
    isLocked = try RegisterCall.Reply(rows).isLocked
  }

  private func beat(over connection: PostgresConnection) async throws(PostgresError) {
    while !Task.isCancelled {
      try await beatOrWait(over: connection)
      // A signal for a run that a claim in flight brings is found by looking once more.
      var isSoon = false
      while !Task.isCancelled {
        let news = await pause(isSoon ? .milliseconds(20) : Self.period)
        guard connection.isUsable else {
          throw PostgresError(code: .lost, "the connection was closed by the server")
        }
        guard news.mustLookEverywhere || isSoon else { break }
        try await beatOrWait(over: connection)
        // Nobody may hold the run: then a claim has to fold the signal.
        mailboxes[0].change { $0.hasSignals = true }
        isSoon = news.mustLookEverywhere
      }
    }
  }

  /// One heartbeat; where the server refuses it, for a lock or for want of memory, the next one comes in
  /// its time. The connection is the proof that this worker lives, and is not given up for that.
  private func beatOrWait(over connection: PostgresConnection) async throws(PostgresError) {
    do throws(PostgresError) {
      try await beatOnce(over: connection)
    } catch {
      guard !error.isConnectionFatal, connection.isUsable else { throw error }
      logger.warning("a heartbeat was refused", metadata: ["error": "\(error)"])
    }
  }

  /// One heartbeat, unless a loop hangs; it brings the signals of what this worker holds.
  private func beatOnce(over connection: PostgresConnection) async throws(PostgresError) {
    guard !isGone else { return }
    guard pulse.isBeating(now: MonotonicClock.now()) else {
      logger.error("a recorder's loop hangs; this worker does not say that it lives")
      return
    }
    let call = HeartbeatCall.call(
      worker: registration.worker, state: isDraining ? "draining" : "running",
      // While it drains nobody looks everywhere.
      signalsFrom: isDraining ? 0 : signalReach.from)
    let asked = MonotonicClock.now()
    let rows = try await connection.query(
      call.statement, call.parameters, within: limit(.seconds(4)))
    let reply = try HeartbeatCall.Reply(rows)
    if !isGone, !reply.isKnown || !isLocked && !configuration.isPooled {
      if !reply.isKnown {
        logger.warning("others had given this worker up; it registers again")
      }
      try await claimLock(over: connection)
    }
    for signal in reply.signals {
      for mailbox in mailboxes { mailbox.change { $0.signals.append((signal, asked)) } }
    }
  }

  /// Says that this worker has stopped in order. Best effort: whoever is not told sees the
  /// lock go.
  func unregister() async {
    isGone = true
    let call = UnregisterCall.call(worker: registration.worker)
    do throws(PostgresError) {
      let connection = try await PostgresConnection.connect(
        configuration.database, on: reactor, within: .seconds(2))
      _ = try await connection.query(call.statement, call.parameters, within: limit(.seconds(2)))
      await connection.close()
    } catch {
      logger.warning("could not sign off", metadata: ["error": "\(error)"])
    }
  }

  /// Less than the deadline of all calls, so that a beat that is lost leaves time for another.
  private func limit(_ duration: Duration) -> Duration {
    min(duration, configuration.callTimeout)
  }

  /// Waits for news or for the time to pass; returns the news.
  @discardableResult
  private func pause(_ duration: Duration) async -> Mailbox.Contents {
    guard duration > .zero else { return wake.drain() }
    let wake = wake
    let timer = reactor.schedule(after: duration) { wake.poke() }
    await withTaskCancellationHandler {
      await wake.wait()
    } onCancel: {
      wake.poke()
    }
    reactor.cancel(timer)
    return wake.drain()
  }
}
