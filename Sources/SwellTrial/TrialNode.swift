public import SwellModel

/// What became of a node in a trial.
public struct TrialNode: Sendable, Hashable {
  public enum State: String, Sendable, Hashable, CaseIterable {
    /// It was never called for.
    case idle
    case succeeded, failed, cancelled, skipped
    /// When the trial ended, it waited for a message or its circuit.
    case waiting
    /// When the trial ended, it was to be tried again.
    case retrying
  }

  public let id: String
  public internal(set) var state: State = .idle
  /// The attempts that were started, those of its items or iterations included.
  public internal(set) var attempts: [TrialAttempt] = []
  public internal(set) var output: Payload?
  public internal(set) var error: Payload?
  public internal(set) var wave: Int?
  /// Whether it stood in for another node.
  public internal(set) var isDegraded = false
  /// When it began and when it ended, from the beginning of the run.
  public internal(set) var started: Duration?
  public internal(set) var finished: Duration?
  /// Of a wait or an approval that had to wait: for how long.
  public internal(set) var waited: Duration?
  /// Of a map its items, of a loop its iterations, in their order.
  public internal(set) var parts: [TrialNode] = []

  init(id: String) {
    self.id = id
  }

  /// Whether it was executed, or decided something.
  public var ran: Bool { state != .idle && state != .skipped }

  /// The input of its last attempt.
  public var input: Payload? { attempts.last?.input }

  /// The settings of its last attempt.
  public var with: Payload? { attempts.last?.with }

  /// From its beginning to its end.
  public var took: Duration? {
    guard let started, let finished else { return nil }
    return finished - started
  }
}
