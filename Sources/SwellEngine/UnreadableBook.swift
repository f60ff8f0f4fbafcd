import SwellCore
import SwellModel
import SwellPostgres
import SwellStore

/// The workflow versions that this worker cannot read: a newer Swell may have applied them. Their runs are left to
/// workers that can, for a second, or longer where there are so many that meeting them again would be work.
struct UnreadableBook {
  private struct Entry {
    let error: NodeError
    var nextTelling: Moment
  }

  private static let shortest = Duration.seconds(1)
  private static let longest = Duration.seconds(600)
  /// How far apart runs that were left come back.
  private static let distance = Duration.milliseconds(5)
  /// How often people are told of a version.
  private static let tellingPeriod = Duration.seconds(3600)
  /// Of more runs than these that are to end, the oldest are forgotten: they have ended elsewhere, or are met again.
  private static let mostEndings = 10_000

  private var versions: [WorkflowKey: Entry] = [:]
  private var endings: [PostgresUUID: Moment] = [:]
  /// When the last one that was left comes back.
  private var lastDue = Moment(microseconds: 0)

  func error(of version: WorkflowKey) -> NodeError? { versions[version]?.error }

  mutating func note(_ version: WorkflowKey, _ error: NodeError, now: Moment) {
    guard versions[version] == nil else { return }
    versions[version] = Entry(error: error, nextTelling: now)
  }

  mutating func forgetVersions() { versions = [:] }

  /// For how long the next run is left to others. One after the other, so that a worker meets 200 a second of however
  /// many there are.
  mutating func delay(now: Moment) -> Duration {
    lastDue = min(max(lastDue + Self.distance, now + Self.shortest), now + Self.longest)
    return .microseconds(lastDue.microseconds(since: now))
  }

  /// Whether it is time to tell people of a version.
  mutating func tells(of version: WorkflowKey, now: Moment) -> Bool {
    guard let entry = versions[version], entry.nextTelling <= now else { return false }
    versions[version]?.nextTelling = now + Self.tellingPeriod
    return true
  }

  /// Whether a run that is to end was left for so long to workers that know its error handler, and none has ended it.
  mutating func hasWaited(_ patience: Duration, forEndOf run: PostgresUUID, now: Moment) -> Bool {
    guard let since = endings[run] else {
      if endings.count >= Self.mostEndings {
        let middle = endings.values.sorted()[endings.count / 2]
        endings = endings.filter { $0.value > middle }
      }
      endings[run] = now
      return false
    }
    return since + patience <= now
  }

  mutating func ended(_ run: PostgresUUID) { endings[run] = nil }
}
