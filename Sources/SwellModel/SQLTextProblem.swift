/// Why a text is not one statement that Swell executes.
public enum SQLTextProblem: Error, Sendable, Hashable {
  case empty
  /// A string, name or comment that is opened and not closed.
  case unterminated(String)
  case severalStatements
  case transactionControl(String)
  case sessionState(String)
  /// In a transaction of several statements.
  case leftInSession(String)
  case copy

  /// Stable.
  public var code: String {
    switch self {
    case .empty: "empty_query"
    case .unterminated: "unterminated_query"
    case .severalStatements: "several_statements"
    case .transactionControl: "transaction_control"
    case .sessionState, .leftInSession: "session_state"
    case .copy: "copy_not_supported"
    }
  }
}

extension SQLTextProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "the query has no statement"
    case .unterminated(let what): "\(what) is opened and not closed"
    case .severalStatements:
      "the query has more than one statement; write one for each node, or one with WITH"
    case .transactionControl(let word):
      "\(word) is not allowed: Swell begins and ends the transaction"
    case .sessionState(let word):
      "\(word) is not allowed: the session is shared, and the next statement gets another one"
    case .leftInSession(let word):
      "\(word) is not allowed: others use the session afterwards; what ends with the transaction is, such as SET LOCAL"
    case .copy: "COPY is not supported; insert from parameters"
    }
  }
}
