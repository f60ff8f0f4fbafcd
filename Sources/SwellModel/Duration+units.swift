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
