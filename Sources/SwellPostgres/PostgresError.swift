/// What went wrong between a caller and PostgreSQL.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
  /// The kinds of failure a caller can tell apart.
  public enum Code: String, Sendable, Hashable {
    /// The connection string or the environment is not understood.
    case configuration
    /// No server could be reached, or it refused the connection.
    case connect
    /// The server did not accept the user or the password.
    case authentication
    /// The connection broke.
    case lost
    /// The time given by the caller has passed; the connection is closed.
    case deadline
    /// The server answered with an error: see ``PostgresError/sqlState``.
    case server
    /// A parameter cannot be sent.
    case encoding
    /// A value in a row is not what the caller asked for.
    case decoding
    /// A statement returned more rows than the caller takes; the connection is closed.
    case tooManyRows
    /// A statement returned more bytes than the caller takes; the connection is closed.
    case tooLarge
    /// No connection of the pool became free in time.
    case poolExhausted
    /// The connection, pool or reactor was closed, or the waiting task was cancelled.
    case closed
  }

  public var code: Code
  /// The five letters of the SQL standard, when the server gave an error.
  public var sqlState: String?
  public var message: String
  public var detail: String?
  public var hint: String?
  public var context: String?
  /// The name of the violated constraint.
  public var constraint: String?
  /// The name of the statement that failed.
  public var statement: String?
  /// The place of the failed call in its pipeline, or of the statement in its script.
  public var callIndex: Int?
  /// Whether the session ended with it: the server's severity is FATAL or PANIC.
  var endsSession = false
  /// A prepared statement is gone, or its tables have changed: it succeeds when it is prepared anew.
  package internal(set) var hasLostPlan = false
  /// True when something was sent and no answer says whether it took effect.
  public var outcomeUnknown: Bool

  public init(
    code: Code, _ message: String, sqlState: String? = nil, outcomeUnknown: Bool = false
  ) {
    self.code = code
    self.message = message
    self.sqlState = sqlState
    self.outcomeUnknown = outcomeUnknown
  }

  /// Whether the connection is of no further use: it broke, or leads to a server which is
  /// going away or accepts no writes.
  public var isConnectionFatal: Bool {
    if code == .lost || code == .deadline || endsSession { return true }
    guard let sqlState else { return false }
    return sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03", "25006"].contains(sqlState)
  }

  public var description: String {
    var text = code.rawValue
    if let sqlState { text += " \(sqlState)" }
    if let statement { text += " in \(statement)" }
    if let callIndex { text += " (call \(callIndex))" }
    text += ": \(message)"
    if let constraint { text += "; constraint \(constraint)" }
    if let detail { text += "; detail: \(detail)" }
    if let hint { text += "; hint: \(hint)" }
    if let context { text += "; context: \(context)" }
    if outcomeUnknown { text += "; outcome unknown" }
    return text
  }
}
