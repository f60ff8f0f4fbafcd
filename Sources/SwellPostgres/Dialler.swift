import CLibpq
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Makes one connection on a thread of its own: libpq resolves the name of every host, and
/// reads password files and certificates, by blocking in the middle of its otherwise
/// non-blocking steps.
final class Dialler: Sendable {
  // Sendable: the one who takes it out of the `Result` owns it.
  struct Established: @unchecked Sendable {
    let handle: OpaquePointer
  }

  typealias Answer = Result<Established, PostgresError>

  private let waiting: Mutex<UnsafeContinuation<Answer, Never>?> = Mutex(nil)
  private let isCancelled = Atomic<Bool>(false)
  private let configuration: PostgresConfiguration
  private let deadline: UInt64

  init(_ configuration: PostgresConfiguration, deadline: UInt64) {
    self.configuration = configuration
    self.deadline = deadline
  }

  /// - Returns: an established connection, which still blocks.
  func dial(within limit: Duration, on reactor: Reactor) async -> Answer {
    let late = PostgresError(code: .deadline, "no connection in time")
    // The thread itself knows more of why, unless it is blocked in the resolution of a name.
    let timer = reactor.schedule(after: limit + .milliseconds(50)) { [weak self] in
      self?.settle(.failure(late))
    }
    let answer = await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        waiting.withLock { $0 = continuation }
        if isCancelled.load(ordering: .acquiring) { return cancel() }
        if DetachedThread.run("swell-dial", { [self] in work() }) { return }
        settle(.failure(PostgresError(code: .connect, "no thread to connect on")))
      }
    } onCancel: {
      isCancelled.store(true, ordering: .releasing)
      cancel()
    }
    reactor.cancel(timer)
    return answer
  }

  private func cancel() {
    settle(.failure(PostgresError(code: .closed, "the task was cancelled")))
  }

  /// Answers the caller, once. False when nobody waits any more.
  @discardableResult
  private func settle(_ answer: Answer) -> Bool {
    let continuation = waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    continuation?.resume(returning: answer)
    return continuation != nil
  }

  private func work() {
    let answer = connect()
    if !settle(answer), case .success(let established) = answer { PQfinish(established.handle) }
  }

  private func connect() -> Answer {
    do throws(PostgresError) {
      let list = try ServerList(configuration.keywords())
      return race(list.servers, limit: list.limit)
    } catch {
      return .failure(error)
    }
  }

  /// How long a server is waited for alone.
  private static let headStart: UInt64 = 500_000_000

  /// One try at one server.
  private struct Attempt {
    let handle: OpaquePointer
    let server: Int
    /// When it came to the address that it is at.
    var began: UInt64
    var address: String
    /// When the server last said something, if it did.
    var heard: UInt64
    var state = PGRES_POLLING_WRITING

    init(_ handle: OpaquePointer, server: Int) {
      self.handle = handle
      self.server = server
      // The name of the server was looked up meanwhile.
      began = MonotonicTime.now()
      heard = began
      address = Self.address(of: handle)
    }

    /// One step of libpq, which may come to the next address of the name.
    mutating func step() {
      if state == PGRES_POLLING_READING { heard = MonotonicTime.now() }
      state = PQconnectPoll(handle)
      let next = Self.address(of: handle)
      guard next != address else { return }
      address = next
      began = MonotonicTime.now()
    }

    /// The server as messages of libpq name it.
    var name: String {
      let host = PQhost(handle).map { String(cString: $0) } ?? ""
      let port = PQport(handle).map { String(cString: $0) } ?? ""
      return "\"\(host)\", port \(port)"
    }

    private static func address(of handle: OpaquePointer) -> String {
      PQhostaddr(handle).map { String(cString: $0) } ?? ""
    }
  }

  /// Goes on until a connection to one of the servers stands, or all have refused.
  ///
  /// They are tried in order. libpq would wait for a server that says nothing, and for no other, as
  /// long as it is let: so after half a second of silence the next one is tried beside it. Who refused
  /// meanwhile may be promoted any moment, and is asked again, after pauses that grow to two seconds.
  ///
  /// After RFC 8305, "Happy Eyeballs".
  ///
  /// - Parameter limit: how long one try at one address may last, in nanoseconds.
  private func race(_ servers: [[(String, String)]], limit: UInt64?) -> Answer {
    var attempts: [Attempt] = []
    defer { for attempt in attempts { PQfinish(attempt.handle) } }
    var pauses = Array(
      repeating: Backoff(base: .milliseconds(500), cap: .seconds(2)), count: servers.count)
    var refusals: [PostgresError?] = Array(repeating: nil, count: servers.count)
    // When each server is tried next; nil while it is, and before its turn.
    var due: [UInt64?] = Array(repeating: nil, count: servers.count)
    var turn = 0
    due[0] = MonotonicTime.now()

    func refuse(_ error: PostgresError, by server: Int, at now: UInt64) {
      refusals[server] = error
      // A wrong password stays wrong, and some servers count such tries.
      if error.code != .authentication {
        due[server] = MonotonicTime.after(.milliseconds(200) + pauses[server].next())
      }
      if server == turn, turn + 1 < servers.count {
        turn += 1
        due[turn] = now
      }
    }

    while true {
      let now = MonotonicTime.now()
      for server in servers.indices {
        guard let time = due[server], time <= now else { continue }
        due[server] = nil
        let handle: OpaquePointer
        do throws(PostgresError) {
          handle = try ServerList.start(servers[server])
        } catch {
          return .failure(error)
        }
        // Before the first poll, for the SQLSTATE of a refusal.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        if PQstatus(handle) == CONNECTION_BAD {
          refuse(refusal(handle), by: server, at: now)
          PQfinish(handle)
        } else {
          attempts.append(Attempt(handle, server: server))
        }
      }
      if let limit {
        for at in attempts.indices.reversed() where attempts[at].began + limit <= now {
          let gone = attempts.remove(at: at)
          let late = PostgresError(
            code: .connect,
            "no answer within connect_timeout, \(limit / 1_000_000_000) s, from \(gone.name)")
          PQfinish(gone.handle)
          refuse(late, by: gone.server, at: now)
        }
      }
      if let newest = attempts.last(where: { $0.server == turn }), turn + 1 < servers.count,
        newest.heard + Self.headStart <= now
      {
        turn += 1
        due[turn] = now
      }
      // Each once: those that were asked again had only been waited for beside one that was silent.
      if refusals.allSatisfy({ $0 != nil }) {
        return .failure(PostgresError(refusals: refusals.compactMap(\.self)))
      }
      guard now < deadline, isAwaited else {
        let silent = attempts.map(\.name).joined(separator: " and ")
        let late = PostgresError(
          code: .deadline,
          "no connection in time" + (silent.isEmpty ? "" : " to server at \(silent)"))
        return .failure(PostgresError(refusals: [late] + refusals.compactMap(\.self)))
      }

      var next = deadline
      for time in due { if let time { next = min(next, time) } }
      for attempt in attempts {
        if attempt.server == turn, turn + 1 < servers.count {
          next = min(next, attempt.heard + Self.headStart)
        }
        if let limit { next = min(next, attempt.began + limit) }
      }
      var sockets = attempts.map {
        pollfd(
          fd: PQsocket($0.handle),
          events: Int16($0.state == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0)
      }
      let left = Int32(clamping: (next > now ? next - now : 0) / 1_000_000 + 1)
      if poll(&sockets, nfds_t(sockets.count), left) <= 0 { continue }
      for at in attempts.indices.reversed() where sockets[at].revents != 0 {
        attempts[at].step()
        if attempts[at].state == PGRES_POLLING_OK {
          return .success(Established(handle: attempts.remove(at: at).handle))
        }
        if attempts[at].state == PGRES_POLLING_FAILED {
          let gone = attempts.remove(at: at)
          refuse(refusal(gone.handle), by: gone.server, at: MonotonicTime.now())
          PQfinish(gone.handle)
        }
      }
    }
  }

  private var isAwaited: Bool { waiting.withLock { $0 != nil } }

  private func refusal(_ handle: OpaquePointer) -> PostgresError {
    var error = PostgresError(connecting: handle)
    error.message = configuration.masked(error.message)
    return error
  }
}
