import Synchronization

/// A connection to PostgreSQL. Requests are answered in the order they are made, one at a time.
///
/// It may be used from any task; a task that prefers the connection's ``Reactor`` as executor
/// never leaves that thread. A connection that is dropped without ``close()`` is closed.
public final class PostgresConnection: Sendable {
  private let session: Session

  private init(_ session: Session) {
    self.session = session
  }

  deinit {
    let session = session
    session.reactor.perform { session.closeByCaller() }
  }

  /// Connects, with UTF-8 as client encoding and, unless pooled, READ COMMITTED as the
  /// isolation of the session's transactions whatever the server's default, keepalives by which
  /// the server finds out that this client vanished, and the statement timeout.
  ///
  /// - Throws: `.configuration`, `.authentication`, `.connect`, or `.deadline`.
  public static func connect(
    _ configuration: PostgresConfiguration, on reactor: Reactor,
    within limit: Duration = .seconds(10)
  ) async throws(PostgresError) -> PostgresConnection {
    try configuration.validate()
    let deadline = MonotonicTime.after(limit)
    let dialler = Dialler(configuration, deadline: deadline)
    let established = try await dialler.dial(within: limit, on: reactor).get()
    let session = Session(established.handle, configuration, on: reactor)
    guard reactor.perform({ session.open() }) else {
      // The reactor's thread is gone, so nobody else touches the session.
      session.reactorStopped()
      throw PostgresError(code: .closed, "the reactor has stopped")
    }
    let connection = PostgresConnection(session)
    if configuration.isPooled { return connection }
    let now = MonotonicTime.now()
    let left = Duration.nanoseconds(Int64(clamping: deadline > now ? deadline - now : 0))
    do {
      var p = Parameters()
      p.append(
        configuration.statementTimeout.map { "\(Int(max(1, $0 / .milliseconds(1))))ms" } ?? "0")
      _ = try await connection.query(sessionSettings, p, within: left)
    } catch {
      await connection.close()
      throw error
    }
    return connection
  }

  /// What holds for the session. The keepalives are the server's: a client that vanished in the
  /// middle of a request must not hold its locks for hours.
  private static let sessionSettings = Statement(
    "",
    """
    SELECT pg_catalog.set_config('default_transaction_isolation', 'read committed', false),
      pg_catalog.set_config('tcp_keepalives_idle', '5', false),
      pg_catalog.set_config('tcp_keepalives_interval', '2', false),
      pg_catalog.set_config('tcp_keepalives_count', '3', false),
      pg_catalog.set_config('tcp_user_timeout', '10000', false),
      CASE WHEN $1 <> '0' THEN pg_catalog.set_config('statement_timeout', $1, false) END
    """)

  /// False once the connection is lost or closed.
  public var isUsable: Bool { session.isUsable.load(ordering: .acquiring) }
  public var backendPID: Int32 { session.backendPID }
  /// As libpq counts it: 150004 for 15.4.
  public var serverVersion: Int32 { session.serverVersion }

  /// Whether the last script left a transaction open.
  public var isInTransaction: Bool { session.isInTransaction.load(ordering: .acquiring) }

  /// What the server reported about itself when the connection was made.
  public func parameterStatus(_ name: String) -> String? {
    session.parameters[name]
  }

  /// Executes one statement, in a transaction of its own.
  ///
  /// - Parameter limit: when it has passed, or the task is cancelled, the connection is closed.
  public func query(
    _ statement: Statement, _ parameters: Parameters = Parameters(), within limit: Duration
  ) async throws(PostgresError) -> Rows {
    let rows = try await run(.calls([Call(statement, parameters)]), within: limit)
    guard let first = rows.first else {
      throw PostgresError(code: .lost, "an answer without a result")
    }
    return first
  }

  /// Executes all calls in one transaction and one round trip.
  ///
  /// - Throws: the error of the first call that failed, whose place is its `callIndex`; no
  ///   call has then taken effect, unless `outcomeUnknown` is set.
  public func pipeline(
    _ calls: [Call], within limit: Duration
  ) async throws(PostgresError) -> [Rows] {
    if calls.isEmpty { return [] }
    return try await run(.calls(calls), within: limit)
  }

  /// Sends what `pipeline` sends, and returns at once.
  ///
  /// - Parameters:
  ///   - limit: how long the answer may take, and nothing of the question or the answer may move.
  ///   - most: how long it may take as long as bytes move.
  public func send(
    _ calls: [Call], within limit: Duration, atMost most: Duration = .zero
  ) -> PendingAnswer {
    let pending = PendingAnswer()
    guard !calls.isEmpty else {
      pending.take(.success([]))
      return pending
    }
    let request = Request(.calls(calls), within: limit, atMost: most)
    request.pending = pending
    let session = session
    if !session.reactor.perform({ session.submit(request) }) {
      request.answer(.failure(PostgresError(code: .closed, "the reactor has stopped")))
    }
    return pending
  }

  /// Executes the statements of a text, as `psql` would: in one transaction unless the text
  /// says otherwise. The rows are in the text format.
  public func execute(
    script: String, within limit: Duration
  ) async throws(PostgresError) -> [Rows] {
    try await run(.script(script), within: limit)
  }

  /// Notifications of the channels this session listens to, from now until the connection
  /// ends. Those the reader has not taken are kept.
  public func notifications() -> AsyncStream<PostgresNotification> {
    let (stream, continuation) = AsyncStream.makeStream(of: PostgresNotification.self)
    let isRunning = session.reactor.perform { [session] in session.addListener(continuation) }
    if !isRunning { continuation.finish() }
    return stream
  }

  /// Asks the server to give up the running query, which then fails with 57014; returns when
  /// the server has been asked.
  public func cancelRunningQuery() async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      let isRunning = session.reactor.perform { [session] in
        Canceller.cancel(session.handle) { continuation.resume() }
      }
      if !isRunning { continuation.resume() }
    }
  }

  /// Closes the connection at once; requests not answered fail with `.closed`.
  public func close() async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      let isRunning = session.reactor.perform { [session] in
        session.closeByCaller()
        continuation.resume()
      }
      if !isRunning { continuation.resume() }
    }
  }

  /// Returns when the connection has ended, even when idle, or when the task is cancelled.
  public func waitUntilLost() async {
    let mourner = Mourner()
    let session = session
    await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        mourner.continuation = continuation
        if session.reactor.perform({ session.addMourner(mourner) }) { return }
        mourner.resume()
      }
    } onCancel: {
      session.reactor.perform { session.removeMourner(mourner) }
    }
  }

  /// Closes the connection at once; what runs on it the server is asked to give up. For who cannot wait.
  public func abort() {
    session.reactor.perform { [session] in
      session.abandon(PostgresError(code: .closed, "the connection was closed"))
    }
  }

  /// - Parameter isInside: whether it belongs to a transaction that the caller has begun and will end.
  func run(
    _ work: Request.Work, within limit: Duration, isInside: Bool = false
  ) async throws(PostgresError) -> [Rows] {
    let request = Request(work, within: limit, isInside: isInside)
    let session = session
    let answer = await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Request.Answer, Never>) in
        request.continuation = continuation
        if session.reactor.perform({ session.submit(request) }) { return }
        request.answer(.failure(PostgresError(code: .closed, "the reactor has stopped")))
      }
    } onCancel: {
      session.reactor.perform { session.cancel(request) }
    }
    return try answer.get()
  }
}
