import Logging
import SwellCore
import SwellPostgres

/// What the log says while the database is away: once that it went, now and then that it still
/// is, and once that it is back. An outage of an hour is not a thousand lines.
struct OutageLog {
  /// Such as `the recorder`.
  let who: String
  private var began: Moment?
  private var nextLine = Moment(microseconds: .min)

  private static let interval = Duration.seconds(30)

  init(_ who: String) {
    self.who = who
  }

  mutating func lost(
    _ error: PostgresError, logger: Logger, metadata: Logger.Metadata = [:]
  ) {
    let now = MonotonicClock.now()
    var metadata = metadata
    metadata["error"] = "\(error)"
    if let began {
      metadata["away"] = "\(Duration.microseconds(now.microseconds(since: began)))"
    }
    let level: Logger.Level = nextLine <= now ? .warning : .debug
    if nextLine <= now { nextLine = now + Self.interval }
    began = began ?? now
    logger.log(
      level: level, "\(who) has no database and tries again until it has", metadata: metadata)
  }

  mutating func back(logger: Logger) {
    guard let began else { return }
    let away = Duration.microseconds(MonotonicClock.now().microseconds(since: began))
    logger.notice("\(who) has its database again", metadata: ["away": "\(away)"])
    self.began = nil
    nextLine = Moment(microseconds: .min)
  }
}
