import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One thread which waits for sockets and deadlines, and runs tasks in between.
///
/// As a task's preferred executor it keeps a caller on the thread of its connections, where a
/// query costs no hop. Nothing may block here, and no code of users may run here: that has an
/// executor of its own.
///
/// The thread lives until ``stop()``; it keeps the reactor alive.
// Sendable: `inbox`, `started` and `poller` are safe on any thread. Everything else is touched
// only by the reactor's own thread, which `isCurrent` establishes.
public final class Reactor: TaskExecutor, SerialExecutor, @unchecked Sendable {
  private enum Work {
    case job(UnownedJob)
    case action(@Sendable () -> Void)
  }

  private struct Inbox {
    var work: [Work] = []
    var isOpen = true
  }

  private struct Registration {
    let token: UInt64
    let channel: any Channel
  }

  private static let common = Mutex<Reactor?>(nil)

  private let poller: SystemPoller
  private let inbox = Mutex(Inbox())
  private let identity = Atomic<UInt>(0)
  private let timerCount = Atomic<UInt64>(0)
  private let ended = DispatchSemaphore(value: 0)
  private let calls = Atomic<Int>(0)

  private var local: [Work] = []
  private var timers = TimerQueue()
  private var channels: [Int32: Registration] = [:]
  private var generation: UInt64 = 0
  private(set) var isRunning = true

  /// How many statements the connections of this reactor have sent.
  public var callsSent: Int { calls.load(ordering: .relaxed) }

  func count(calls number: Int) {
    calls.add(number, ordering: .relaxed)
  }

  /// Starts the thread.
  ///
  /// - Throws: `.configuration` when the system has no thread or descriptor left.
  public init(name: String) throws(PostgresError) {
    poller = try SystemPoller()
    guard DetachedThread.run(name, { [self] in loop() }) else {
      throw PostgresError(code: .configuration, "no thread for the reactor \(name)")
    }
  }

  deinit {
    poller.close()
  }

  /// The reactor of this process, made when first asked for.
  public static func shared() throws(PostgresError) -> Reactor {
    let result = common.withLock { reactor -> Result<Reactor, PostgresError> in
      if let reactor { return .success(reactor) }
      do throws(PostgresError) {
        let made = try Reactor(name: "swell-reactor")
        reactor = made
        return .success(made)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Closes every connection and ends the thread; afterwards nothing runs here.
  ///
  /// Off the reactor this waits for the one job in progress. Requests which wait are failed,
  /// and tasks which prefer this executor never go on: as if the process had been killed.
  public func stop() {
    inbox.withLock { $0.isOpen = false }
    poller.wake()
    if isCurrent {
      isRunning = false
    } else {
      ended.wait()
      ended.signal()
    }
  }

  /// Runs `body` on the reactor once `duration` has passed: never earlier, and within a
  /// millisecond unless the reactor is busy.
  public func schedule(
    after duration: Duration, _ body: @escaping @Sendable () -> Void
  ) -> TimerToken {
    let deadline = MonotonicTime.after(duration)
    let id = timerCount.wrappingAdd(1, ordering: .relaxed).newValue
    perform { [self] in timers.insert(id, at: deadline, body) }
    return TimerToken(id: id)
  }

  /// Forgets a timer that has not run yet.
  public func cancel(_ token: TimerToken) {
    perform { [self] in timers.cancel(token.id) }
  }

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent { local.append(.job(job)) } else { deliver(.job(job)) }
  }

  public func isSameExclusiveExecutionContext(other: Reactor) -> Bool {
    self === other
  }

  @available(macOS 26, *)
  public func isIsolatingCurrentContext() -> Bool? {
    isCurrent
  }

  /// Whether the caller is on the reactor's thread.
  var isCurrent: Bool {
    identity.load(ordering: .relaxed) == Self.currentThread
  }

  /// Runs `body` on the reactor's thread: at once when called there. False after `stop()`.
  @discardableResult
  func perform(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard isCurrent else { return deliver(.action(body)) }
    guard isRunning else { return false }
    body()
    return true
  }

  /// Watches a socket. On the reactor's thread only.
  func watch(_ descriptor: Int32, _ channel: any Channel) {
    // The generation keeps an event of a closed socket from reaching its successor of the
    // same number.
    generation = (generation &+ 1) & 0x3fff_ffff
    let token = generation << 32 | UInt64(UInt32(bitPattern: descriptor))
    channels[descriptor] = Registration(token: token, channel: channel)
    poller.watch(descriptor, token: token, writable: false)
  }

  func watch(_ descriptor: Int32, writable: Bool) {
    guard let registration = channels[descriptor] else { return }
    poller.watch(descriptor, token: registration.token, writable: writable)
  }

  /// Call before the socket is closed.
  func unwatch(_ descriptor: Int32) {
    guard channels.removeValue(forKey: descriptor) != nil else { return }
    poller.unwatch(descriptor)
  }

  @discardableResult
  private func deliver(_ work: Work) -> Bool {
    let (taken, wake) = inbox.withLock { inbox in
      guard inbox.isOpen else { return (false, false) }
      inbox.work.append(work)
      return (true, inbox.work.count == 1)
    }
    if wake { poller.wake() }
    return taken
  }

  private static var currentThread: UInt {
    #if canImport(Darwin)
      UInt(bitPattern: pthread_self())
    #else
      UInt(pthread_self())
    #endif
  }

  private func loop() {
    identity.store(Self.currentThread, ordering: .relaxed)
    let serial = asUnownedSerialExecutor()
    let task = asUnownedTaskExecutor()
    var batch: [Work] = []
    while isRunning {
      swap(&batch, &local)
      for work in batch where isRunning {
        switch work {
        case .job(let job): job.runSynchronously(isolatedTo: serial, taskExecutor: task)
        case .action(let body): body()
        }
      }
      batch.removeAll(keepingCapacity: true)
      if let next = timers.next, next <= MonotonicTime.now() {
        let now = MonotonicTime.now()
        while isRunning, let body = timers.takeDue(at: now) { body() }
      }
      guard isRunning else { break }
      let rang = poller.wait(until: local.isEmpty ? timers.next : 0) { token in
        let descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: token))
        guard let registration = channels[descriptor], registration.token == token else { return }
        registration.channel.ready()
      }
      if rang { receive() }
    }
    finish()
  }

  private func receive() {
    inbox.withLock { inbox in
      isRunning = isRunning && inbox.isOpen
      if local.isEmpty {
        swap(&local, &inbox.work)
      } else {
        local.append(contentsOf: inbox.work)
        inbox.work.removeAll(keepingCapacity: true)
      }
    }
  }

  /// Actions are still run, because each holds a caller to be told; they find `isRunning` false.
  private func finish() {
    isRunning = false
    for registration in channels.values { registration.channel.reactorStopped() }
    channels.removeAll()
    let rest = inbox.withLock { inbox in
      inbox.isOpen = false
      defer { inbox.work = [] }
      return inbox.work
    }
    for case .action(let body) in local + rest { body() }
    local = []
    identity.store(0, ordering: .relaxed)
    ended.signal()
  }
}
