/// What the reactor asks of the kernel: sockets, one alarm, and a bell other threads can ring.
protocol Poller: Sendable {
  init() throws(PostgresError)
  /// Reports `descriptor` when readable (and writable, if asked) from now on, or changes that.
  func watch(_ descriptor: Int32, token: UInt64, writable: Bool)
  func unwatch(_ descriptor: Int32)
  /// Ends a `wait`, now or the next. From any thread.
  func wake()
  /// Waits for events until `deadline` (of `MonotonicTime`): nil for no limit, 0 to only look.
  /// Returns whether the bell rang.
  func wait(until deadline: UInt64?, _ ready: (_ token: UInt64) -> Void) -> Bool
  func close()
}

#if os(Linux)
  typealias SystemPoller = EpollPoller
#else
  typealias SystemPoller = KqueuePoller
#endif
