/// Something that breaks a worker at a named point, so that tests can see it recover.
public protocol FaultInjector: Sendable {
  /// Called at each point; may end the process, or ask for the reply to be thrown away.
  func reach(_ point: FaultPoint) -> FaultAction
}

/// The points of the protocol at which a fault can be injected.
public enum FaultPoint: String, Sendable, CaseIterable {
  case afterClaim = "after_claim"
  case afterEffect = "after_effect"
  case beforeCommit = "before_commit"
  case afterCommit = "after_commit"
  case midWave = "mid_wave"
  case claimReply = "claim_reply"
  case recordReply = "record_reply"
  /// The effect of a transaction is there, its record is not.
  case inTransaction = "in_transaction"
  case beforeTransactionCommit = "before_transaction_commit"
  case afterTransactionCommit = "after_transaction_commit"
  /// A definition was fetched, and is not read yet.
  case readDefinition = "read_definition"

  /// Whether only attempts with a transaction come by.
  public var isOfTransactions: Bool {
    switch self {
    case .inTransaction, .beforeTransactionCommit, .afterTransactionCommit: true
    default: false
    }
  }
}

public enum FaultAction: Sendable {
  case none
  /// The connection is closed as if the reply had never come.
  case loseReply
  /// What was fetched is as if a newer version of Swell had written it.
  case refuse
}
