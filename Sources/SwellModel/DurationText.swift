/// Durations as people write them in definitions: `250ms`, `10s`, `5m`, `1h30m`, `2d`, `1w`.
public struct DurationText {
  /// Why a text is not a duration.
  public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
  }

  /// Ten years of 365 days.
  public static let longest = Duration.seconds(10 * 365 * 86_400)

  static let units: [(name: String, microseconds: Int64)] = [
    ("w", 604_800_000_000), ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000),
    ("s", 1_000_000), ("ms", 1_000),
  ]

  /// Parses a duration: whole numbers with units, the largest first, each unit once.
  ///
  /// - Throws: a problem in words if the text is something else, not above zero, or longer
  ///   than ten years.
  public static func parse(_ text: String) throws(Problem) -> Duration {
    let wrong = Problem(
      message: "'\(text.prefix(40))' is not a duration; write 250ms, 10s, 5m, 1h30m, 2d or 1w")
    var rest = Array(text.utf8)[...]
    guard !rest.isEmpty else { throw wrong }
    var total: Int64 = 0
    var units = units[...]
    let tooLong = Problem(
      message: "'\(text.prefix(40))' is longer than ten years; give a shorter duration")
    while !rest.isEmpty {
      let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
      rest = rest[digits.endIndex...]
      let name = rest.prefix { !($0 >= 0x30 && $0 <= 0x39) }
      rest = rest[name.endIndex...]
      guard !digits.isEmpty, !name.isEmpty,
        let index = units.firstIndex(where: { Array($0.name.utf8) == Array(name) })
      else { throw wrong }
      guard let count = Int64(String(decoding: digits, as: UTF8.self)) else { throw tooLong }
      let (part, first) = count.multipliedReportingOverflow(by: units[index].microseconds)
      let (sum, second) = total.addingReportingOverflow(part)
      guard !first, !second, sum <= longest.microseconds else { throw tooLong }
      total = sum
      units = units[(index + 1)...]
    }
    guard total > 0 else {
      throw Problem(message: "'\(text.prefix(40))' is no time at all; it must be above zero")
    }
    return .microseconds(total)
  }
}
