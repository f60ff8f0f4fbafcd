import Logging
import SwellCore

/// Adds threads where handlers block all that there are, and takes them away once that is long past.
///
/// Handlers that compute need no more: each of them would only take longer. So nothing is added while as many compute as
/// there are processors, but for handlers that were given up and compute for ever.
struct ThreadRelief {
  /// Whoever blocks so many threads blocks any number.
  static let most = max(64, 4 * AttemptStarter.processors)
  /// How many looks without any relief end it.
  private static let quietLooks = 60
  /// The share of a processor that a thread which computes has at least, also beside all the others.
  private static let leastShare = 0.01

  private var seen: (begun: Int, waits: Bool) = (0, false)
  private var times: [Int: Int64] = [:]
  private var lookedAt = MonotonicClock.now()
  private var quiet = 0

  /// To be called once a second.
  ///
  /// - Parameter leaked: how many handlers have been given up.
  mutating func look(at starter: AttemptStarter, leaked: Int, logger: Logger) {
    let progress = starter.progress
    let isStuck = progress.waits && seen.waits && seen.begun == progress.begun
    seen = progress
    let computing = computing(of: starter)
    let width = starter.width
    guard isStuck else {
      quiet += 1
      let enough = AttemptStarter.processors + max(leaked, starter.busy)
      if quiet >= Self.quietLooks, width > enough {
        starter.set(width: enough)
      }
      return
    }
    quiet = 0
    guard computing < AttemptStarter.processors + leaked, width < Self.most else { return }
    let extra = min(max(1, width / 2), Self.most - width)
    logger.warning(
      "handlers block every thread; others go on with more of them",
      metadata: ["threads": "\(width + extra)"])
    starter.set(width: width + extra)
  }

  /// How many threads have computed since the last look.
  private mutating func computing(of starter: AttemptStarter) -> Int {
    let (before, since) = (times, lookedAt)
    times = starter.processorTimes
    lookedAt = MonotonicClock.now()
    let least = Double(lookedAt.microseconds(since: since)) * Self.leastShare
    return times.count { Double($1 - before[$0, default: 0]) > least }
  }
}
