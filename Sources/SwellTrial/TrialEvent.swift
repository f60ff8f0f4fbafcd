import SwellModel

/// Something that happened in a trial.
public struct TrialEvent: Sendable, Hashable {
  /// From the beginning of the run.
  public let at: Duration
  public let wave: Int
  /// Nil is the run itself.
  public let node: String?
  /// Of a map, counted from 1, else 0; `iteration` likewise of a loop.
  public let item: Int
  public let iteration: Int
  /// As `swell.run_nodes` has it: `succeeded`, `retrying`, `waiting`, …
  public let state: String
  public let attempt: Int
  /// Of one that retries or waits, when it is looked at again.
  public let due: Duration?
  /// In words: an error, what it waits for, where a branch leads.
  public let detail: String?

  /// The node with its item or iteration.
  public var name: String {
    let node = node ?? "run"
    if item > 0 { return "\(node)[\(item)]" }
    return iteration > 0 ? "\(node)#\(iteration)" : node
  }
}
