import Synchronization

/// At most `size` connections, opened when needed and lent to one borrower at a time.
///
/// A connection that broke, or comes back with a transaction open, is closed; the next
/// borrower opens another. Borrowers are served in the order they came.
public final class PostgresPool: Sendable {
  fileprivate enum Grant: Sendable {
    case connection(PostgresConnection)
    /// A free place, for the borrower to open a connection in.
    case place
  }

  fileprivate struct Waiter {
    let id: UInt64
    let continuation: UnsafeContinuation<Result<Grant, PostgresError>, Never>
  }

  fileprivate struct State {
    var idle: [PostgresConnection] = []
    var waiters: [Waiter] = []
    /// Connections lent, being opened, or idle.
    var count = 0
    var isClosed = false
    var nextID: UInt64 = 0
    /// Borrowers whose task was cancelled before they waited.
    var cancelled: Set<UInt64> = []
  }

  private let configuration: PostgresConfiguration
  private let reactor: Reactor
  private let size: Int
  private let waitLimit: Duration
  private let connectLimit: Duration
  private let state = Mutex(State())

  /// - Parameters:
  ///   - size: at least one.
  ///   - waitLimit: how long a borrower waits for others.
  ///   - connectLimit: how long opening a connection may take.
  public init(
    configuration: PostgresConfiguration, reactor: Reactor, size: Int, waitLimit: Duration,
    connectLimit: Duration = .seconds(10)
  ) {
    self.configuration = configuration
    self.reactor = reactor
    self.size = max(1, size)
    self.waitLimit = waitLimit
    self.connectLimit = connectLimit
  }

  /// Whether it lends no more.
  public var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Lends a connection to `body`, for no longer than it runs.
  ///
  /// - Throws: what `body` throws; `.poolExhausted` when none became free in time; `.closed`;
  ///   and what connecting throws.
  public func withConnection<Answer>(
    _ body: (PostgresConnection) async throws -> Answer
  ) async throws -> Answer {
    let connection = try await borrow()
    do {
      let answer = try await body(connection)
      await giveBack(connection)
      return answer
    } catch {
      await giveBack(connection)
      throw error
    }
  }

  /// Closes idle connections now and lent ones when they come back; refuses all borrowers.
  public func close() async {
    let (idle, waiters) = state.withLock { state in
      defer {
        state.isClosed = true
        state.count -= state.idle.count
        state.idle = []
        state.waiters = []
      }
      return (state.idle, state.waiters)
    }
    for waiter in waiters { waiter.continuation.resume(returning: .failure(Self.closed)) }
    for connection in idle { await connection.close() }
  }

  private func borrow() async throws(PostgresError) -> PostgresConnection {
    switch try await grant() {
    case .connection(let connection): return connection
    case .place: break
    }
    do throws(PostgresError) {
      return try await PostgresConnection.connect(
        configuration, on: reactor, within: connectLimit)
    } catch {
      freePlace()
      throw error
    }
  }

  private func grant() async throws(PostgresError) -> Grant {
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    let exhausted = PostgresError(
      code: .poolExhausted, "none of \(size) connections became free in time")
    let timer = Mutex<TimerToken?>(nil)
    let answer = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let waiter = Waiter(id: id, continuation: continuation)
        if let answer = state.withLock({ $0.grant(waiter, size: size) }) {
          return continuation.resume(returning: answer)
        }
        let token = reactor.schedule(after: waitLimit) { [weak self] in
          self?.dismiss(id, exhausted)
        }
        timer.withLock { $0 = token }
      }
    } onCancel: {
      let waits = state.withLock { state in
        if state.waiters.contains(where: { $0.id == id }) { return true }
        state.cancelled.insert(id)
        return false
      }
      if waits { dismiss(id, PostgresError(code: .closed, "the task was cancelled")) }
    }
    state.withLock { _ = $0.cancelled.remove(id) }
    if let token = timer.withLock({ $0 }) { reactor.cancel(token) }
    return try answer.get()
  }

  private func dismiss(_ id: UInt64, _ error: PostgresError) {
    let waiter = state.withLock { state -> Waiter? in
      guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
      return state.waiters.remove(at: index)
    }
    waiter?.continuation.resume(returning: .failure(error))
  }

  private func giveBack(_ connection: PostgresConnection) async {
    guard connection.isUsable, !connection.isInTransaction else {
      await connection.close()
      return freePlace()
    }
    let (waiter, isClosed) = state.withLock { state -> (Waiter?, Bool) in
      if state.isClosed {
        state.count -= 1
        return (nil, true)
      }
      if !state.waiters.isEmpty { return (state.waiters.removeFirst(), false) }
      state.idle.append(connection)
      return (nil, false)
    }
    waiter?.continuation.resume(returning: .success(.connection(connection)))
    if isClosed { await connection.close() }
  }

  private func freePlace() {
    let waiter = state.withLock { state -> Waiter? in
      if !state.waiters.isEmpty { return state.waiters.removeFirst() }
      state.count -= 1
      return nil
    }
    waiter?.continuation.resume(returning: .success(.place))
  }

  private static let closed = PostgresError(code: .closed, "the pool is closed")
}

extension PostgresPool.State {
  /// nil when the borrower has to wait, and is then among the waiters.
  fileprivate mutating func grant(
    _ waiter: PostgresPool.Waiter, size: Int
  ) -> Result<PostgresPool.Grant, PostgresError>? {
    if isClosed { return .failure(PostgresError(code: .closed, "the pool is closed")) }
    if cancelled.contains(waiter.id) {
      return .failure(PostgresError(code: .closed, "the task was cancelled"))
    }
    while let connection = idle.popLast() {
      if connection.isUsable { return .success(.connection(connection)) }
      count -= 1
    }
    if count < size {
      count += 1
      return .success(.place)
    }
    waiters.append(waiter)
    return nil
  }
}
