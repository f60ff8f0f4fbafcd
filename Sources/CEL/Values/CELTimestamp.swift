/// A point in time from year 1 to year 9999, to the nanosecond.
public struct CELTimestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Since 1970-01-01T00:00:00Z.
  public let seconds: Int64
  public let nanoseconds: Int32

  private static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// - Throws: `range` outside of the years 1 to 9999.
  public init(seconds: Int64, nanoseconds: Int64 = 0) throws(CELError) {
    var (whole, part) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    if part < 0 {
      part += 1_000_000_000
      whole -= 1
    }
    let (sum, isLost) = seconds.addingReportingOverflow(whole)
    guard !isLost, Self.range.contains(sum) else {
      throw CELError(.range, "the timestamp is out of range, which is the years 1 to 9999")
    }
    self.seconds = sum
    self.nanoseconds = Int32(part)
  }

  public static func < (left: CELTimestamp, right: CELTimestamp) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }

  func adding(_ span: CELDuration, isNegative: Bool = false) throws(CELError) -> CELTimestamp {
    let sign: Int64 = isNegative ? -1 : 1
    return try CELTimestamp(
      seconds: seconds + sign * span.seconds,
      nanoseconds: Int64(nanoseconds) + sign * span.nanoseconds)
  }

  func subtracting(_ other: CELTimestamp) throws(CELError) -> CELDuration {
    try CELDuration(
      seconds: seconds - other.seconds,
      nanoseconds: Int64(nanoseconds) - Int64(other.nanoseconds))
  }

  /// As RFC 3339 writes it, in UTC.
  public var description: String {
    func padded(_ number: some BinaryInteger, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let civil = CivilTime(seconds: seconds)
    return "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
      + "T\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
      + "\(CELDuration.fraction(nanoseconds))Z"
  }

  /// From RFC 3339, such as `2026-01-31T12:00:00.5+01:00`.
  public init(parsing text: String) throws(CELError) {
    let wrong = CELError(
      .conversion,
      "expected a timestamp such as '2026-01-31T12:00:00Z', found '\(text.prefix(40))'")
    let bytes = Array(text.utf8)
    var at = 0
    func digits(_ count: Int) throws(CELError) -> Int {
      guard at + count <= bytes.count else { throw wrong }
      var number = 0
      for _ in 0..<count {
        guard bytes[at] &- 0x30 < 10 else { throw wrong }
        number = number * 10 + Int(bytes[at] - 0x30)
        at += 1
      }
      return number
    }
    func expect(_ choices: StaticString) throws(CELError) -> UInt8 {
      guard at < bytes.count else { throw wrong }
      for offset in 0..<choices.utf8CodeUnitCount where choices.utf8Start[offset] == bytes[at] {
        at += 1
        return bytes[at - 1]
      }
      throw wrong
    }
    let year = try digits(4)
    if at < bytes.count, bytes[at] &- 0x30 < 10 {
      throw CELError(.range, "the timestamp is out of range, which is the years 1 to 9999")
    }
    _ = try expect("-")
    let month = try digits(2)
    _ = try expect("-")
    let day = try digits(2)
    _ = try expect("Tt ")
    let hour = try digits(2)
    _ = try expect(":")
    let minute = try digits(2)
    _ = try expect(":")
    let second = try digits(2)
    var nanoseconds = 0
    if at < bytes.count, bytes[at] == 0x2E {
      at += 1
      var scale = 100_000_000
      let start = at
      while at < bytes.count, bytes[at] &- 0x30 < 10 {
        nanoseconds += Int(bytes[at] - 0x30) * scale
        scale /= 10
        at += 1
      }
      guard at > start else { throw wrong }
    }
    var offset = 0
    let zone = try expect("Zz+-")
    if zone == 0x2B || zone == 0x2D {
      let hours = try digits(2)
      _ = try expect(":")
      let minutes = try digits(2)
      guard hours < 24, minutes < 60 else { throw wrong }
      offset = (hours * 60 + minutes) * (zone == 0x2B ? 60 : -60)
    }
    guard at == bytes.count, 1...12 ~= month, hour < 24, minute < 60, second < 60,
      1...CivilTime.days(inMonth: month, of: year) ~= day
    else { throw wrong }
    let days = CivilTime.days(year: year, month: month, day: day)
    let ofDay = Int64(hour * 3600 + minute * 60 + second - offset)
    try self.init(seconds: days * 86_400 + ofDay, nanoseconds: Int64(nanoseconds))
  }
}
