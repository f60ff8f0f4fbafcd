extension Duration {
  /// The duration as a number of seconds.
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }

  /// The duration in whole microseconds, rounded towards zero: what travels to the database.
  /// One that does not fit becomes the longest that does.
  public var microseconds: Int64 {
    let (whole, first) = components.seconds.multipliedReportingOverflow(by: 1_000_000)
    let part = components.attoseconds / 1_000_000_000_000
    let (sum, second) = whole.addingReportingOverflow(part)
    guard first || second else { return sum }
    return components.seconds < 0 ? .min : .max
  }
}

extension Duration {
  /// The duration as people write it in definitions, such as `1h30m`; what is below a millisecond is
  /// left out.
  public var text: String {
    var rest = microseconds
    guard rest >= 1_000 else { return "0ms" }
    var text = ""
    for unit in DurationText.units where rest >= unit.microseconds {
      text += "\(rest / unit.microseconds)\(unit.name)"
      rest %= unit.microseconds
    }
    return text
  }
}
