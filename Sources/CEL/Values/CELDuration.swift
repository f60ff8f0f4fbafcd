/// A span of time in nanoseconds, up to 292 years either way.
public struct CELDuration: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let totalNanoseconds: Int64

  public init(totalNanoseconds: Int64) { self.totalNanoseconds = totalNanoseconds }

  /// - Throws: `range` when it does not fit.
  public init(seconds: Int64, nanoseconds: Int64 = 0) throws(CELError) {
    let (scaled, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isLost) = scaled.addingReportingOverflow(nanoseconds)
    guard !isTooLong, !isLost else {
      throw CELError(.range, "the duration is out of range, which is 292 years either way")
    }
    totalNanoseconds = sum
  }

  public var seconds: Int64 { totalNanoseconds / 1_000_000_000 }
  /// The part below a second, with the sign of the whole.
  public var nanoseconds: Int64 { totalNanoseconds % 1_000_000_000 }

  /// In seconds, such as `90s` or `0.25s`.
  public var description: String {
    let sign = totalNanoseconds < 0 ? "-" : ""
    return "\(sign)\(seconds.magnitude)\(Self.fraction(nanoseconds.magnitude))s"
  }

  public static func < (left: CELDuration, right: CELDuration) -> Bool {
    left.totalNanoseconds < right.totalNanoseconds
  }

  /// The digits after the point, with the point; nothing for zero.
  static func fraction(_ nanoseconds: some BinaryInteger) -> String {
    guard nanoseconds != 0 else { return "" }
    let digits = String(1_000_000_000 + Int64(nanoseconds)).dropFirst()
    return "." + digits.prefix(digits.count - digits.reversed().prefix { $0 == "0" }.count)
  }

  private static let units: [(name: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("h", 3.6e12), ("m", 6e10),
    ("s", 1e9),
  ]

  /// From text such as `1h30m`, `-2.5s` or `100ms`.
  init(parsing text: String) throws(CELError) {
    let wrong = CELError(
      .conversion, "expected a duration such as '1h30m' or '2.5s', found '\(text.prefix(40))'")
    var rest = text[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest = rest.dropFirst() }
    if rest == "0" {
      totalNanoseconds = 0
      return
    }
    guard !rest.isEmpty else { throw wrong }
    var total: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      rest = rest.dropFirst(digits.count)
      guard let unit = Self.units.first(where: { rest.hasPrefix($0.name) }) else { throw wrong }
      rest = rest.dropFirst(unit.name.count)
      let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count <= 2, digits != ".", !digits.isEmpty else { throw wrong }
      var amount: Int64 = 0
      if !parts[0].isEmpty {
        guard let whole = Int64(parts[0]) else { throw Self.outOfRange }
        let (scaled, isLost) = whole.multipliedReportingOverflow(by: Int64(unit.nanoseconds))
        if isLost { throw Self.outOfRange }
        amount = scaled
      }
      if parts.count == 2, let part = Double("0." + parts[1] + "0") {
        let fraction = Int64((part * unit.nanoseconds).rounded(.down))
        let (sum, isLost) = amount.addingReportingOverflow(fraction)
        if isLost { throw Self.outOfRange }
        amount = sum
      }
      let (sum, isLost) = total.addingReportingOverflow(amount)
      if isLost { throw Self.outOfRange }
      total = sum
    }
    totalNanoseconds = isNegative ? -total : total
  }

  private static let outOfRange = CELError(
    .range, "the duration is out of range, which is 292 years either way")
}
