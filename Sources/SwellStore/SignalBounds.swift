public import SwellPostgres

/// The ids of signals from which on a call looks for them.
public struct SignalBounds: Sendable, Hashable {
  /// The first that there may be.
  public var any: Int64
  /// The first that may not have been shown to anybody.
  public var unseen: Int64

  public static let everything = SignalBounds(any: 0, unseen: 0)

  public init(any: Int64, unseen: Int64) {
    self.any = any
    self.unseen = unseen
  }

  func append(to p: inout Parameters) { p.append(array: [any, unseen]) }
}
