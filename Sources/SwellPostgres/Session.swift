import CLibpq
import Logging
import Synchronization

/// One libpq connection on its reactor: a queue of requests, of which the first is on the wire.
// Sendable: the atomics are safe anywhere; everything else is touched only on the reactor's
// thread, after `open()` has handed the handle over.
final class Session: Channel, @unchecked Sendable {
  let reactor: Reactor
  let configuration: PostgresConfiguration
  let backendPID: Int32
  let serverVersion: Int32
  let parameters: [String: String]
  let isUsable = Atomic<Bool>(true)
  let isInTransaction = Atomic<Bool>(false)

  /// nil once closed.
  var handle: OpaquePointer?
  var current: Request?
  var waiting: [Request] = []
  /// The names under which the server knows statements.
  var prepared: [Statement: String] = [:]
  var takenNames: Set<String> = []
  /// Grows when prepared statements are given up, whose names the server may still hold.
  var preparations = 0
  var isBlockedWriting = false
  /// When the socket last had or took something.
  private var lastMoved: UInt64 = 0
  /// What the server said before it hung up.
  var lastWords: PostgresError?

  private let descriptor: Int32
  private let isEncrypted: Bool
  private var timer: (token: TimerToken, deadline: UInt64)?
  private var listeners: [UInt64: AsyncStream<PostgresNotification>.Continuation] = [:]
  private var mourners: [Mourner] = []
  private var nextID: UInt64 = 0

  /// Takes over the handle of an established connection.
  init(_ handle: OpaquePointer, _ configuration: PostgresConfiguration, on reactor: Reactor) {
    self.handle = handle
    self.configuration = configuration
    self.reactor = reactor
    descriptor = PQsocket(handle)
    isEncrypted = PQsslInUse(handle) == 1
    backendPID = PQbackendPID(handle)
    serverVersion = PQserverVersion(handle)
    var parameters: [String: String] = [:]
    for name in SessionParameter.names {
      if let value = PQparameterStatus(handle, name) { parameters[name] = String(cString: value) }
    }
    self.parameters = parameters
  }

  /// Begins to listen to the socket. On the reactor's thread, as all that follows.
  func open() {
    guard let handle, reactor.isRunning else { return reactorStopped() }
    PQsetnonblocking(handle, 1)
    PQenterPipelineMode(handle)
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
    PQsetNoticeReceiver(
      handle,
      { session, result in
        guard let session, let result else { return }
        Unmanaged<Session>.fromOpaque(session).takeUnretainedValue().hear(result)
      }, Unmanaged.passUnretained(self).toOpaque())
    reactor.watch(descriptor, self)
  }

  func submit(_ request: Request) {
    if request.isCancelled { return request.answer(.failure(Self.cancelled)) }
    guard handle != nil else {
      return request.answer(
        .failure(lastWords ?? PostgresError(code: .closed, "the connection is closed")))
    }
    if let refusal = request.refusal { return request.answer(.failure(refusal)) }
    waiting.append(request)
    watchDeadline(request.deadline)
    sendNext()
  }

  /// The caller no longer waits.
  func cancel(_ request: Request) {
    request.isCancelled = true
    if request === current {
      abandon(Self.cancelled)
    } else if let index = waiting.firstIndex(where: { $0 === request }) {
      waiting.remove(at: index)
      request.answer(.failure(Self.cancelled))
    }
  }

  func sendNext() {
    guard current == nil, handle != nil, !waiting.isEmpty else { return }
    let request = waiting.removeFirst()
    current = request
    send(request)
  }

  func ready() {
    if let current, current.latest > current.deadline { lastMoved = MonotonicTime.now() }
    repeat {
      guard let handle else { return }
      let isAlive = PQconsumeInput(handle) == 1
      while let notification = PQnotifies(handle) {
        hear(notification)
      }
      if isAlive { flush() }
      // What arrived before the end still counts: it may be the answer, or the reason.
      collect()
      if !isAlive { return lose() }
    } while isEncrypted && handle.map(EncryptedInput.isLeft(in:)) ?? false
  }

  func flush() {
    guard let handle else { return }
    let state = PQflush(handle)
    if state < 0 { return lose() }
    let isBlocked = state > 0
    if isBlocked != isBlockedWriting {
      isBlockedWriting = isBlocked
      reactor.watch(descriptor, writable: isBlocked)
    }
  }

  /// The connection broke: libpq or the server says why.
  func lose() {
    guard let handle else { return }
    var error = PostgresError(
      code: .lost, PostgresError.tidy(String(cString: PQerrorMessage(handle))))
    if let lastWords {
      error.sqlState = lastWords.sqlState
      error.message = lastWords.message
    }
    if error.message.isEmpty { error.message = "the connection is lost" }
    close(error)
  }

  /// Closes with a request on the wire, which the server is asked to give up.
  func abandon(_ error: PostgresError) {
    let others = PostgresError(code: .lost, "closed while another request was answered")
    guard configuration.isPooled, let handle else {
      Canceller.cancel(handle, done: {})
      return close(error, others: others)
    }
    // A pooler forgets whom a request was for when its client goes: so it goes when it has asked.
    let left = Handle(handle)
    Canceller.cancel(handle) { left.finish() }
    close(error, others: others, finishes: false)
  }

  // Sendable: whoever has it is the only one, and only ends it.
  private struct Handle: @unchecked Sendable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    func finish() { PQfinish(handle) }
  }

  /// Ends everything that waits for this connection. Requests not sent fail with `others`.
  ///
  /// - Parameter finishes: whether nobody else ends the connection itself.
  func close(_ error: PostgresError, others: PostgresError? = nil, finishes: Bool = true) {
    guard let handle else { return }
    self.handle = nil
    isUsable.store(false, ordering: .releasing)
    lastWords = others ?? error
    reactor.unwatch(descriptor)
    PQsetNoticeReceiver(handle, { _, _ in }, nil)
    if finishes { PQfinish(handle) }
    if let timer { reactor.cancel(timer.token) }
    timer = nil
    if let request = current {
      current = nil
      var own = request.error ?? error
      // An error of the server undid the work, unless a script had ended some before.
      own.outcomeUnknown = request.wasSent && (request.error == nil || request.isScript)
      request.answer(.failure(own))
    }
    let unsent = waiting
    waiting = []
    for request in unsent { request.answer(.failure(others ?? error)) }
    for listener in listeners.values { listener.finish() }
    listeners = [:]
    let left = mourners
    mourners = []
    for mourner in left { mourner.resume() }
  }

  func closeByCaller() {
    close(PostgresError(code: .closed, "the connection was closed"))
  }

  func reactorStopped() {
    close(PostgresError(code: .closed, "the reactor has stopped"))
  }

  func addListener(_ listener: AsyncStream<PostgresNotification>.Continuation) {
    guard handle != nil else { return listener.finish() }
    nextID += 1
    let id = nextID
    listeners[id] = listener
    listener.onTermination = { [weak self] _ in
      guard let self else { return }
      reactor.perform { self.listeners[id] = nil }
    }
  }

  func addMourner(_ mourner: Mourner) {
    if handle == nil || mourner.isCancelled { mourner.resume() } else { mourners.append(mourner) }
  }

  func removeMourner(_ mourner: Mourner) {
    mourner.isCancelled = true
    mourners.removeAll { $0 === mourner }
    mourner.resume()
  }

  /// One timer serves all requests: it is moved only for a deadline earlier than its own.
  private func watchDeadline(_ deadline: UInt64) {
    if let timer {
      if timer.deadline <= deadline { return }
      reactor.cancel(timer.token)
    }
    let now = MonotonicTime.now()
    let left = Duration.nanoseconds(Int64(clamping: deadline > now ? deadline - now : 0))
    let token = reactor.schedule(after: left) { [weak self] in self?.deadlinePassed() }
    timer = (token, deadline)
  }

  private func deadlinePassed() {
    timer = nil
    let now = MonotonicTime.now()
    let error = PostgresError(code: .deadline, "no answer in time")
    if let current, current.deadline <= now {
      current.moved(at: lastMoved)
      if current.deadline <= now { return abandon(error) }
    }
    let late = waiting.filter { $0.deadline <= now }
    waiting.removeAll { $0.deadline <= now }
    for request in late { request.answer(.failure(error)) }
    let deadlines = waiting.map(\.deadline) + (current.map { [$0.deadline] } ?? [])
    if let next = deadlines.min() { watchDeadline(next) }
  }

  private func hear(_ notification: UnsafeMutablePointer<PGnotify>) {
    defer { PQfreemem(notification) }
    let heard = PostgresNotification(
      channel: String(cString: notification.pointee.relname),
      payload: String(cString: notification.pointee.extra),
      pid: notification.pointee.be_pid)
    for listener in listeners.values { listener.yield(heard) }
  }

  /// A notice, or the error with which the server ends an idle connection.
  private func hear(_ notice: OpaquePointer) {
    let error = PostgresError(result: notice)
    if error.isConnectionFatal { lastWords = error }
    configuration.logger?.debug(
      "\(error.message)", metadata: ["sqlstate": "\(error.sqlState ?? "")"])
  }

  private static let cancelled = PostgresError(code: .closed, "the task was cancelled")
}
