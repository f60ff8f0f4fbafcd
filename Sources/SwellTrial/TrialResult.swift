import Foundation
public import SwellModel

/// How a trial ended, and all that happened in it.
public struct TrialResult: Sendable {
  public enum State: String, Sendable, Hashable, CaseIterable {
    case succeeded, failed, cancelled
    /// Nothing happens any more without a message that the trial does not send.
    case waiting
  }

  public let state: State
  public let output: Payload?
  public let error: Payload?
  /// The node whose failure ended the run.
  public let failedNode: String?
  /// All nodes of the workflow, in the order of their ids.
  public let nodes: [TrialNode]
  /// In the order in which it happened.
  public let events: [TrialEvent]
  /// From the beginning of the run to its end, on the trial's clock.
  public let took: Duration
  /// Of a run that waits: what for, in words.
  public let waitsFor: [String]

  public func node(_ id: String) -> TrialNode? {
    nodes.first { $0.id == id }
  }

  /// The ids of the nodes that ran, in the order of their ids; `skipped` and `waited` likewise.
  public var ran: [String] { nodes.filter(\.ran).map(\.id) }
  public var skipped: [String] { nodes.filter { $0.state == .skipped }.map(\.id) }
  /// Those that had to wait for a time or a message.
  public var waited: [String] { nodes.filter { $0.waited != nil }.map(\.id) }

  /// The output as a value.
  ///
  /// - Throws: `DecodingError` when it does not fit.
  public func output<Value: Decodable>(as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data((output ?? .null).bytes))
  }
}
