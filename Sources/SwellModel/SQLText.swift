/// The text of one SQL statement, read as far as it takes to know that it is one: strings, comments and
/// quoted names are passed over, the rest is the server's to judge.
public struct SQLText: Sendable, Hashable {
  /// Its first word in capitals, such as `SELECT`.
  public let command: String
  /// The word behind it.
  public let secondWord: String
  /// The highest *n* of `$n`; 0 if it takes no parameters.
  public let parameters: Int
  /// Whether it declares a cursor that outlives its transaction.
  private let isHolding: Bool

  /// - Throws: what keeps the text from being one statement.
  public init(_ text: String) throws(SQLTextProblem) {
    var scanner = SQLScanner(Array(text.utf8))
    try scanner.scan()
    guard scanner.hasTokens else { throw .empty }
    command = scanner.words.first ?? ""
    secondWord = scanner.words.count > 1 ? scanner.words[1] : ""
    parameters = scanner.highestParameter
    isHolding =
      command == "DECLARE"
      && zip(scanner.words, scanner.words.dropFirst()).contains { $0 == ("WITH", "HOLD") }
  }

  /// Why a statement cannot be one of several that somebody else puts into transactions: it begins or ends
  /// one, or leaves something behind in its session.
  public var refusal: SQLTextProblem? {
    if Self.transactionControl.contains(command) { return .transactionControl(command) }
    if command == "PREPARE" || command == "SET", secondWord == "TRANSACTION" {
      return .transactionControl("\(command) TRANSACTION")
    }
    if Self.sessionState.contains(command) { return .sessionState(command) }
    return command == "COPY" ? .copy : nil
  }

  /// Why a statement cannot be one of several in a transaction that somebody else begins and ends: as `refusal`,
  /// but what ends with the transaction is allowed there, such as `SET LOCAL` and a cursor.
  public var refusalInTransaction: SQLTextProblem? {
    guard case .sessionState(let word)? = refusal else { return refusal }
    switch word {
    case "SET" where secondWord == "LOCAL" || secondWord == "CONSTRAINTS": return nil
    case "DECLARE" where !isHolding: return nil
    case "FETCH", "MOVE", "CLOSE": return nil
    default: return .leftInSession(word)
    }
  }

  /// Whether it can do nothing but write.
  public var isWriting: Bool { Self.writing.contains(command) }

  private static let transactionControl: Set<String> = [
    "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE",
  ]
  private static let sessionState: Set<String> = [
    "SET", "RESET", "DISCARD", "LISTEN", "UNLISTEN", "PREPARE", "EXECUTE", "DEALLOCATE", "DECLARE",
    "FETCH", "MOVE", "CLOSE", "LOAD",
  ]
  private static let writing: Set<String> = [
    "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "CREATE", "ALTER", "DROP", "GRANT", "REVOKE",
    "REFRESH", "COMMENT", "REINDEX", "CLUSTER", "VACUUM",
  ]
}
