public import SwellModel

/// An expectation that does not hold.
public struct TrialFailure: Sendable, Hashable {
  /// Such as `cases[0].expect.nodes.charge.attempts`.
  public let path: String
  public let place: SourcePlace
  /// In one line what is not as expected.
  public let message: String
  /// Of values, each place at which they differ.
  public let differences: [String]
}

extension TrialFailure: CustomStringConvertible {
  public var description: String {
    (["\(place.line):\(place.column): \(message)"] + differences.map { "  " + $0 })
      .joined(separator: "\n")
  }
}
