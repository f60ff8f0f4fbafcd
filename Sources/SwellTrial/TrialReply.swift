import Foundation
public import SwellModel

/// How an attempt ends in a trial.
public struct TrialReply: Sendable, Hashable {
  public enum Outcome: Sendable, Hashable {
    case output(Payload)
    indirect case error(NodeError)
  }

  public var outcome: Outcome
  /// How long the attempt takes, on the trial's clock. Longer than the node's timeout is a timeout.
  public var takes: Duration

  public init(_ outcome: Outcome, takes: Duration = .zero) {
    self.outcome = outcome
    self.takes = takes
  }

  public static func output(_ output: Payload, takes: Duration = .zero) -> TrialReply {
    TrialReply(.output(output), takes: takes)
  }

  /// - Throws: `EncodingError` when the value cannot be written as JSON.
  public static func output(
    _ value: some Encodable, takes: Duration = .zero
  ) throws -> TrialReply {
    TrialReply(.output(Payload(bytes: Array(try JSONEncoder().encode(value)))), takes: takes)
  }

  public static func error(_ error: NodeError, takes: Duration = .zero) -> TrialReply {
    TrialReply(.error(error), takes: takes)
  }
}
