/// How the worker's time line lies beside the calendar, as the database told it: needed only where a
/// definition names a date.
public struct Clock: Sendable, Hashable {
  /// A moment, and what the database's clock showed then, in microseconds since 1970.
  public var moment: Moment
  public var epochMicroseconds: Int64

  public init(moment: Moment, epochMicroseconds: Int64) {
    self.moment = moment
    self.epochMicroseconds = epochMicroseconds
  }

  /// For states in which no date matters.
  public static let unknown = Clock(moment: Moment(microseconds: 0), epochMicroseconds: 0)

  /// What the database's clock shows at a moment, in microseconds since 1970.
  public func epochMicroseconds(at moment: Moment) -> Int64 {
    epochMicroseconds &+ moment.microseconds(since: self.moment)
  }

  public func moment(ofEpochMicroseconds time: Int64) -> Moment {
    moment.advanced(byMicroseconds: time &- epochMicroseconds)
  }
}
