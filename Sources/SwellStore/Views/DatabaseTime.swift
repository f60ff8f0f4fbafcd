import Foundation

/// A moment of the database's clock, as a view shows it.
public struct DatabaseTime: Sendable, Hashable, Comparable {
  /// Since 1970.
  public var microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// How long after an earlier moment this one is.
  public func elapsed(since earlier: DatabaseTime) -> Duration {
    .microseconds(microseconds - earlier.microseconds)
  }

  /// ISO 8601 in UTC with microseconds: `2026-03-01T09:30:00.123456Z`.
  public var iso8601: String {
    let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    let seconds = rest < 0 ? whole - 1 : whole
    let fraction = rest < 0 ? rest + 1_000_000 : rest
    var parts = tm()
    var time = time_t(seconds)
    gmtime_r(&time, &parts)
    return Self.digits(Int(parts.tm_year) + 1900, 4) + "-" + Self.digits(Int(parts.tm_mon) + 1, 2)
      + "-" + Self.digits(Int(parts.tm_mday), 2) + "T" + Self.digits(Int(parts.tm_hour), 2) + ":"
      + Self.digits(Int(parts.tm_min), 2) + ":" + Self.digits(Int(parts.tm_sec), 2) + "."
      + Self.digits(Int(fraction), 6) + "Z"
  }

  public static func < (left: DatabaseTime, right: DatabaseTime) -> Bool {
    left.microseconds < right.microseconds
  }

  private static func digits(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
