import Foundation

/// How far a time zone is from UTC at a given time.
enum TimeZoneOffset {
  /// - Parameter zone: a name such as `Europe/Berlin`, or a fixed offset such as `-02:30`.
  static func seconds(of zone: String, at time: CELTimestamp) throws(CELError) -> Int64 {
    if zone == "UTC" || zone == "Z" || zone.isEmpty { return 0 }
    if let fixed = fixed(zone) { return fixed }
    guard let known = TimeZone(identifier: zone) else {
      throw CELError(
        .invalidArgument,
        "unknown time zone '\(zone.prefix(60))'; expected a name such as 'Europe/Berlin' or an "
          + "offset such as '+02:00'")
    }
    let date = Date(timeIntervalSince1970: TimeInterval(time.seconds))
    return Int64(known.secondsFromGMT(for: date))
  }

  private static func fixed(_ zone: String) -> Int64? {
    var digits = zone[...]
    let sign: Int64 = digits.first == "-" ? -1 : 1
    if digits.first == "-" || digits.first == "+" { digits = digits.dropFirst() }
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hours = Int64(parts[0]),
      let minutes = Int64(parts[1]), 0..<24 ~= hours, 0..<60 ~= minutes
    else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}
