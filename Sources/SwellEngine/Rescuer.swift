import Logging
import SwellCore
import SwellPostgres
import SwellStore

/// Frees the claims of workers that died. Every worker has one; there is no leader.
///
/// It trusts only what it has seen itself: that a lock is gone counts after two seconds of an
/// unbroken connection, that a heartbeat is old after ten. What broke its own connection may have
/// taken everybody's locks along: for ten seconds after that, a lock counts only of workers that have
/// beaten since. So nobody is judged by what a restart of the database or a failover destroyed.
struct Rescuer: Sendable {
  var worker: PostgresUUID
  var configuration: WorkerConfiguration
  var mailboxes: [Mailbox]
  var metrics: WorkerMetrics
  var reactor: Reactor
  var logger: Logger

  /// How long after the first look the second one comes.
  static let secondLook = Duration.milliseconds(200)

  /// A look that takes longer says nothing of others.
  private static let longestLook = Duration.seconds(3)

  /// By then whoever lives has registered again, or is given up by its heartbeat.
  static let returnTime = Duration.seconds(10)

  /// - Parameter wasAway: whether this worker has waited for the database when it started: then what
  ///   was away may have taken the locks of others.
  func run(wasAway: Bool) async {
    var backoff = Backoff()
    var isBack = wasAway
    while !Task.isCancelled {
      do throws(PostgresError) {
        let began = MonotonicClock.now()
        let connection = try await PostgresConnection.connect(
          configuration.database, on: reactor, within: .seconds(10))
        // It may have asked a standby until that was promoted.
        if MonotonicClock.now() > began + .seconds(3) { isBack = true }
        do throws(PostgresError) {
          try await watch(over: connection, isBack: isBack) { backoff.reset() }
          await connection.close()
        } catch {
          await connection.close()
          throw error
        }
      } catch {
        if Task.isCancelled { return }
        isBack = true
        logger.debug("the rescuer lost the database", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: backoff.next())
      }
    }
  }

  private func watch(
    over connection: PostgresConnection, isBack: Bool, onLook: () -> Void
  ) async throws(PostgresError) {
    var connected = MonotonicClock.now()
    var isBack = isBack
    var clock = Clock.unknown
    var suspects: [PostgresUUID] = []
    var nextMaintenance = Moment(microseconds: .min)
    while !Task.isCancelled {
      let now = MonotonicClock.now()
      if nextMaintenance <= now {
        nextMaintenance = now + .seconds(3600)
        for part in MaintainCall.parts {
          do throws(PostgresError) {
            let call = MaintainCall.call(part)
            let rows = try await connection.query(
              call.statement, call.parameters, within: .seconds(30))
            if try MaintainCall.hasMore(rows) { nextMaintenance = now + .seconds(2) }
          } catch {
            // Somebody holds a table locked, or another worker is at it; the next hour will do.
            if error.isConnectionFatal { throw error }
            logger.warning(
              "maintenance did not go through", metadata: ["part": "\(part)", "error": "\(error)"])
          }
        }
      }
      let seen = Duration.microseconds(now.microseconds(since: connected))
      // A pooler keeps a connection up over a restart of the database: what this one has seen says
      // nothing of locks.
      let call = RescueCall.call(
        worker: worker, suspects: suspects, byLock: !configuration.isPooled && seen >= .seconds(2),
        byAge: seen >= Self.returnTime, since: isBack && seen < Self.returnTime ? seen : nil)
      let sent = MonotonicClock.now()
      let rows = try await connection.query(
        call.statement, call.parameters, within: configuration.callTimeout)
      let reply = try RescueCall.Reply(rows)
      onLook()
      for rescued in reply.freed where rescued.claims > 0 {
        metrics.change { $0.rescued += rescued.claims }
        logger.notice(
          "rescued the runs of a dead worker",
          metadata: ["dead": "\(rescued.worker)", "runs": "\(rescued.claims)"])
      }
      if reply.freed.contains(where: { $0.claims > 0 }) {
        for mailbox in mailboxes { mailbox.change { $0.mustLookEverywhere = true } }
      }
      suspects = reply.suspects
      let seenAt = MonotonicClock.now()
      if seenAt > sent + Self.longestLook || clock.isOff(from: reply.now, at: seenAt) {
        // The server stood still, or its clock jumped: all heartbeats are old, and who has lost its
        // session meanwhile is on its way. That is a break as well.
        connected = seenAt
        isBack = true
        suspects = []
      }
      clock = Clock(moment: seenAt, epochMicroseconds: reply.now)
      do {
        try await Task.sleep(
          for: suspects.isEmpty ? Self.pause(others: reply.others) : Self.secondLook)
      } catch {
        return
      }
    }
  }

  /// A worker that sees others looks every 310 ms, in a larger fleet less often, so that the
  /// fleet as a whole looks about as often; one that is alone every 5 s.
  static func pause(others: Int) -> Duration {
    if others == 0 { return .seconds(5) }
    let fleet = others + 1
    return .milliseconds(max(310, 60 * fleet))
  }
}

extension Clock {
  /// Whether the database's clock has jumped since, by more than a second.
  fileprivate func isOff(from shown: Int64, at moment: Moment) -> Bool {
    self != .unknown && abs(shown - epochMicroseconds(at: moment)) > 1_000_000
  }
}
