import Synchronization

/// A transaction that stays open from one call to the next, on a connection that nobody else uses
/// meanwhile.
///
/// Its statements are READ COMMITTED. After an error of the server only `rollback` is of use; a lost
/// connection ends it as well. One that is dropped stays open until its connection is closed, which a
/// pool does.
///
///   open --> committed | rolled back | lost, by a commit perhaps (`outcomeUnknown`)
public final class PostgresTransaction: Sendable {
  private let connection: PostgresConnection
  /// How many calls there were so far: each may take the place of what was parsed before.
  private let calls = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)

  /// Bounds that the server itself keeps, for this transaction alone.
  public struct Limits: Sendable, Hashable {
    /// How long each statement may take.
    public var statement: Duration
    /// How long the server waits for the next call before it ends the session.
    public var idle: Duration

    public init(statement: Duration, idle: Duration) {
      self.statement = statement
      self.idle = idle
    }
  }

  private init(_ connection: PostgresConnection) {
    self.connection = connection
  }

  /// Begins one, in one round trip with the first calls of it.
  ///
  /// Values in text are written in one way, whatever the server's settings: dates as ISO 8601, bytes as
  /// hexadecimal digits, numbers with all their digits.
  public static func begin(
    on connection: PostgresConnection, isReadOnly: Bool = false, limits: Limits,
    calls: [Call] = [], within limit: Duration
  ) async throws(PostgresError) -> (transaction: PostgresTransaction, rows: [Rows]) {
    let opening = [
      Call(isReadOnly ? beginReading : beginWriting),
      Call(settingsOfTransaction, parameters(of: limits)),
    ]
    let rows = try await connection.run(.calls(opening + calls), within: limit, isInside: true)
    return (PostgresTransaction(connection), Array(rows.dropFirst(opening.count)))
  }

  private static let beginWriting = Statement("", "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
  private static let beginReading = Statement("", "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
  private static let settingsOfTransaction = Statement(
    "swell_transaction",
    """
    SELECT pg_catalog.set_config('statement_timeout', $1, true),
      pg_catalog.set_config('idle_in_transaction_session_timeout', $2, true),
      pg_catalog.set_config('DateStyle', 'ISO', true),
      pg_catalog.set_config('bytea_output', 'hex', true),
      pg_catalog.set_config('extra_float_digits', '1', true)
    """)
  private static let limitsOfTransaction = Statement(
    "swell_transaction_limits",
    """
    SELECT pg_catalog.set_config('statement_timeout', $1, true),
      pg_catalog.set_config('idle_in_transaction_session_timeout', $2, true)
    """)

  private static func milliseconds(_ duration: Duration) -> String {
    // Zero would be no limit, and the server counts to 2³¹ at most.
    "\(Int(min(max(1, duration / .milliseconds(1)), 2_000_000_000)))ms"
  }

  /// Executes one statement.
  public func query(
    _ statement: Statement, _ parameters: Parameters = Parameters(), within limit: Duration
  ) async throws(PostgresError) -> Rows {
    let rows = try await pipeline([Call(statement, parameters)], within: limit)
    guard let first = rows.first else {
      throw PostgresError(code: .lost, "an answer without a result")
    }
    return first
  }

  /// Executes all calls in one round trip.
  public func pipeline(
    _ calls: [Call], within limit: Duration
  ) async throws(PostgresError) -> [Rows] {
    if calls.isEmpty { return [] }
    try checkIsOpen()
    self.calls.add(1, ordering: .relaxed)
    return try await connection.run(.calls(calls), within: limit, isInside: true)
  }

  /// Its connection may be somebody else's by then.
  private func checkIsOpen() throws(PostgresError) {
    guard isOver.load(ordering: .acquiring) else { return }
    throw PostgresError(code: .closed, "the transaction has ended; do all of it before it does")
  }

  /// Bounds what comes from here on.
  ///
  /// - Returns: the call that does so, to go before those that it is for.
  public static func bounding(_ limits: Limits) -> Call {
    Call(limitsOfTransaction, parameters(of: limits))
  }

  private static func parameters(of limits: Limits) -> Parameters {
    var parameters = Parameters()
    parameters.append(milliseconds(limits.statement))
    parameters.append(milliseconds(limits.idle))
    return parameters
  }

  /// What a statement takes and gives.
  public struct Description: Sendable {
    /// Of `$1`, `$2`, …, by their oid in `pg_type`.
    public var parameterTypes: [UInt32]
    public var columnNames: [String]
    /// By their oid in `pg_type`; of a domain the type that it is of.
    public var columnTypes: [UInt32]
    fileprivate var text: String
    fileprivate var types: [UInt32]
    fileprivate var call: Int
  }

  /// Parses a text, for `execute`.
  ///
  /// - Parameter types: of the first parameters, where the text alone does not say them; 0 leaves one open.
  public func parse(
    _ text: String, types: [UInt32] = [], within limit: Duration
  ) async throws(PostgresError) -> Description {
    guard !text.utf8.contains(0) else {
      throw PostgresError(code: .encoding, "the text of a statement holds the character U+0000")
    }
    try checkIsOpen()
    let call = calls.add(1, ordering: .relaxed).newValue
    let rows = try await connection.run(
      .parse(text, types: types), within: limit, isInside: true)
    guard let description = rows.first else {
      throw PostgresError(code: .lost, "an answer without a result")
    }
    return Description(
      parameterTypes: description.parameterTypes, columnNames: description.columnNames,
      columnTypes: description.columnTypes, text: text, types: types, call: call)
  }

  /// Executes what was parsed, once for each set of parameters, in one round trip. The rows are in the text
  /// format.
  ///
  /// - Throws: `.tooManyRows` or `.tooLarge` for what is beyond the limit, which ends the connection.
  public func execute(
    _ description: Description, _ parameters: [Parameters], limit rows: RowLimit,
    within limit: Duration
  ) async throws(PostgresError) -> [Rows] {
    if parameters.isEmpty { return [] }
    try checkIsOpen()
    let isStillThere = calls.load(ordering: .relaxed) == description.call
    if !isStillThere { calls.add(1, ordering: .relaxed) }
    let executions = Request.Executions(
      parameters: parameters, limit: rows,
      text: isStillThere ? nil : (description.text, types: description.types))
    return try await connection.run(.executions(executions), within: limit, isInside: true)
  }

  /// Makes it last.
  ///
  /// - Throws: with `outcomeUnknown` when nobody knows whether it does; any other error undid it.
  public func commit(within limit: Duration) async throws(PostgresError) {
    try checkIsOpen()
    isOver.store(true, ordering: .releasing)
    let rows: [Rows]
    do throws(PostgresError) {
      rows = try await connection.run(.calls([Self.commitCall]), within: limit, isInside: true)
    } catch {
      var error = error
      // A session that the server ends in its commit may have committed before it ended.
      if error.isConnectionFatal { error.outcomeUnknown = true }
      throw error
    }
    guard rows.first?.commandTag == "COMMIT" else {
      throw PostgresError(
        code: .server, "the transaction had failed and was rolled back", sqlState: "25P02")
    }
  }

  /// Undoes it. The connection is closed when that cannot be asked for.
  public func rollback(within limit: Duration) async {
    isOver.store(true, ordering: .releasing)
    do {
      _ = try await connection.run(.calls([Self.rollbackCall]), within: limit, isInside: true)
    } catch {
      await connection.close()
    }
  }

  private static let commitCall = Call(Statement("", "COMMIT"))
  private static let rollbackCall = Call(Statement("", "ROLLBACK"))
}
