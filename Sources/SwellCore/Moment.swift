import SwellModel

/// A point on the worker's own monotonic time line, in microseconds.
///
/// The database's times arrive as durations from its now, and go back as durations, so the
/// worker's wall clock does not matter.
public struct Moment: Sendable, Hashable, Comparable {
  public var microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  public static func < (left: Moment, right: Moment) -> Bool {
    left.microseconds < right.microseconds
  }

  public static func + (moment: Moment, duration: Duration) -> Moment {
    moment.advanced(byMicroseconds: duration.microseconds)
  }

  /// The moment so many microseconds later; saturates instead of overflowing.
  public func advanced(byMicroseconds distance: Int64) -> Moment {
    let (sum, overflow) = microseconds.addingReportingOverflow(distance)
    return Moment(microseconds: overflow ? (distance < 0 ? .min : .max) : sum)
  }

  /// How many microseconds after `other` this is.
  public func microseconds(since other: Moment) -> Int64 {
    microseconds &- other.microseconds
  }
}
