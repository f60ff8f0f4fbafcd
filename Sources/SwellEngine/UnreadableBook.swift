import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

/// The workflow versions that this worker cannot read: a newer Swell may have applied them. Their runs are left to
/// workers that can, for a second, or longer where there are so many that meeting them again would be work.
struct UnreadableBook {
  private struct Entry {
    var error: NodeError
    var foundOut: Moment
    var nextTelling: Moment
  }

  /// A run that is to end, as it was when it was first met.
  private struct Ending {
    var state: RunShape
    var since: Moment
    var met: Moment
  }

  /// What changes with whatever is stored of a run.
  struct RunShape: Hashable {
    var wave: Int
    var rows: Int
    var attempts: Int
    var isCancelled: Bool
  }

  private static let shortest = Duration.seconds(1)
  private static let longest = Duration.seconds(60)
  /// How far apart runs that were left come back, and how much of them in a second, in bytes.
  private static let distance = Duration.milliseconds(5)
  private static let bytesPerSecond = 10 << 20
  /// For how long a definition is not read again.
  private static let memory = Duration.seconds(60)
  /// How often people are told of a version.
  private static let tellingPeriod = Duration.seconds(3600)
  private static let mostEndings = 100_000

  private var versions: [WorkflowKey: Entry] = [:]
  private var endings: [PostgresUUID: Ending] = [:]
  private var nextCleaning = Moment(microseconds: 0)
  /// When the last one that was left comes back.
  private var lastDue = Moment(microseconds: 0)

  /// Why a version cannot be read; nil when that is to be found out, perhaps anew.
  func error(of version: WorkflowKey, now: Moment) -> NodeError? {
    guard let entry = versions[version], now < entry.foundOut + Self.memory else { return nil }
    return entry.error
  }

  mutating func note(_ version: WorkflowKey, _ error: NodeError, now: Moment) {
    let nextTelling = versions[version]?.nextTelling ?? now
    versions[version] = Entry(error: error, foundOut: now, nextTelling: nextTelling)
  }

  mutating func forgetVersions() { versions = [:] }

  /// For how long the next run is left to others. One after the other, so that a worker meets 200 a second of however
  /// many there are, but for a minute at most: who can read them may have come.
  mutating func delay(bytes: Int, now: Moment) -> Duration {
    let distance = max(Self.distance, .seconds(Double(bytes) / Double(Self.bytesPerSecond)))
    lastDue = min(max(lastDue + distance, now + Self.shortest), now + Self.longest)
    return .microseconds(lastDue.microseconds(since: now))
  }

  /// What people are to be told of a version, once in a while.
  mutating func news(of version: WorkflowKey, now: Moment) -> String? {
    guard let entry = versions[version], entry.nextTelling <= now else { return nil }
    versions[version]?.nextTelling = now + Self.tellingPeriod
    return entry.error.message
  }

  /// Whether a run that is to end was left for so long to workers that know its error handler, and none has done
  /// anything for it. Of too many at once the others follow when those have ended.
  mutating func hasWaited(
    _ patience: Duration, forEndOf run: PostgresUUID, _ state: RunShape, now: Moment
  ) -> Bool {
    if let known = endings[run], known.state == state {
      endings[run]?.met = now
      return known.since + patience <= now
    }
    if endings.count >= Self.mostEndings, endings[run] == nil {
      guard nextCleaning <= now else { return false }
      nextCleaning = now + Self.shortest
      // Those that come back no more have ended elsewhere.
      endings = endings.filter { now < $0.value.met + Self.longest * 2 }
      guard endings.count < Self.mostEndings else { return false }
    }
    endings[run] = Ending(state: state, since: now, met: now)
    return false
  }

  mutating func ended(_ run: PostgresUUID) { endings[run] = nil }
}
