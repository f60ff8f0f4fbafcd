import SwellCore
import SwellPostgres

/// What goes on while a connection or a reply is waited for.
extension Recorder {
  /// Looks after attempts once a second: their time passes, with or without a database.
  func watch() {
    let reactor = reactor
    _ = reactor.schedule(after: .seconds(1)) { [weak self] in
      Task(executorPreference: reactor) { await self?.watched() }
    }
  }

  private func watched() {
    guard !isOver else { return }
    // The first one alone hears what is due while all are idle.
    if index == 0, waiting == .connection || waiting == .reply && turns == turnsSeen {
      for peer in peers { peer.change { $0.isInvited = true } }
    }
    turnsSeen = turns
    lookAfterAttempts()
    watch()
  }

  /// Waits before the next try to connect, whatever comes meanwhile but a stop.
  func waitOut(_ backoff: Duration) async {
    waiting = .connection
    lookAfterAttempts()
    let until = MonotonicClock.now() + backoff
    let stopBefore = stop
    while stop == stopBefore {
      let left = until.microseconds(since: MonotonicClock.now())
      guard left > 0 else { return }
      await pause(.microseconds(left))
      lookAfterAttempts()
    }
  }

  func lookAfterAttempts() {
    switch waiting {
    case .nothing: return
    case .reply: heard(stop: mailbox.stop)
    case .connection: collect()
    }
    let now = MonotonicClock.now()
    if stop > 0, now >= drainDeadline { cancelAttempts() }
    checkAttempts(now: now)
    handOver()
  }

  /// Where to connect to, with the time that the server gives a statement. It counts what passes over a thin line, too, so it
  /// is longer for a while after the server has cut one off.
  func database() -> PostgresConfiguration {
    var database = configuration.database
    if MonotonicClock.now() > lastCut + .seconds(60) { statementPatience = 1 }
    database.statementTimeout = database.statementTimeout.map { $0 * statementPatience }
    return database
  }

  func wasCut() {
    statementPatience = min(Self.mostPatience, statementPatience * 2)
    lastCut = MonotonicClock.now()
  }
}
