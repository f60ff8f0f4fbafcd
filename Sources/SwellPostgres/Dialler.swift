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
    let timer = reactor.schedule(after: limit) { [weak self] in self?.settle(.failure(late)) }
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
      let handle = try start(configuration.keywords())
      // Before the first poll, for the SQLSTATE of a refusal.
      PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
      PQsetNoticeReceiver(handle, { _, _ in }, nil)
      guard let error = finish(handle) else { return .success(Established(handle: handle)) }
      PQfinish(handle)
      return .failure(error)
    } catch {
      return .failure(error)
    }
  }

  private func start(_ keywords: [(String, String)]) throws(PostgresError) -> OpaquePointer {
    var names = keywords.map { UnsafePointer(strdup($0.0)) }
    var values = keywords.map { UnsafePointer(strdup($0.1)) }
    names.append(nil)
    values.append(nil)
    defer {
      for text in names + values { free(UnsafeMutableRawPointer(mutating: text)) }
    }
    guard let handle = PQconnectStartParams(names, values, 0) else {
      throw PostgresError(code: .connect, "out of memory")
    }
    return handle
  }

  /// Goes on until the connection stands or is refused.
  private func finish(_ handle: OpaquePointer) -> PostgresError? {
    if PQstatus(handle) == CONNECTION_BAD { return refusal(handle) }
    var state = PGRES_POLLING_WRITING
    while true {
      let now = MonotonicTime.now()
      guard now < deadline else { return PostgresError(code: .deadline, "no connection in time") }
      var socket = pollfd(
        fd: PQsocket(handle),
        events: Int16(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), revents: 0)
      let left = Int32(clamping: (deadline - now) / 1_000_000 + 1)
      if poll(&socket, 1, left) == 0 { continue }
      state = PQconnectPoll(handle)
      if state == PGRES_POLLING_OK { return nil }
      if state == PGRES_POLLING_FAILED { return refusal(handle) }
    }
  }

  private func refusal(_ handle: OpaquePointer) -> PostgresError {
    var error = PostgresError(connecting: handle)
    error.message = configuration.masked(error.message)
    return error
  }
}
