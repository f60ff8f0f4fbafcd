#if os(Linux)
  import CLibpq
  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #endif
  import Synchronization

  /// epoll with an eventfd as the bell and a timerfd as the alarm (epoll's own timeout counts
  /// whole milliseconds, and `epoll_pwait2` is missing from older kernels and sandboxes).
  final class EpollPoller: Poller {
    private static let bellToken = UInt64.max
    private static let alarmToken = UInt64.max - 1

    private let epoll: Int32
    private let bell: Int32
    private let alarm: Int32
    /// When the alarm rings next: an alarm that is early enough is left alone, so that a
    /// deadline per query costs no system call per query.
    private let armed = Atomic<UInt64>(.max)

    init() throws(PostgresError) {
      epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
      bell = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
      alarm = timerfd_create(
        CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
      guard epoll >= 0, bell >= 0, alarm >= 0 else {
        let reason = String(cString: strerror(errno))
        for descriptor in [epoll, bell, alarm] where descriptor >= 0 { _ = Glibc.close(descriptor) }
        throw PostgresError(code: .configuration, "no descriptors for a reactor: \(reason)")
      }
      watch(bell, token: Self.bellToken, writable: false)
      watch(alarm, token: Self.alarmToken, writable: false)
    }

    func watch(_ descriptor: Int32, token: UInt64, writable: Bool) {
      var event = epoll_event()
      event.events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | (writable ? EPOLLOUT.rawValue : 0)
      event.data.u64 = token
      if epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) != 0 {
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
      }
    }

    func unwatch(_ descriptor: Int32) {
      var event = epoll_event()
      epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
    }

    func wake() {
      eventfd_write(bell, 1)
    }

    func wait(until deadline: UInt64?, _ ready: (_ token: UInt64) -> Void) -> Bool {
      if let deadline, deadline > 0 { arm(deadline) }
      var rang = false
      withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
        let count = epoll_wait(epoll, events.baseAddress, 64, deadline == 0 ? 0 : -1)
        for index in 0..<max(0, Int(count)) {
          switch events[index].data.u64 {
          case Self.bellToken:
            var rings: eventfd_t = 0
            eventfd_read(bell, &rings)
            rang = true
          case Self.alarmToken:
            var rings: UInt64 = 0
            read(alarm, &rings, 8)
            armed.store(.max, ordering: .relaxed)
          case let token:
            ready(token)
          }
        }
      }
      return rang
    }

    func close() {
      for descriptor in [epoll, bell, alarm] { _ = Glibc.close(descriptor) }
    }

    private func arm(_ deadline: UInt64) {
      guard deadline < armed.load(ordering: .relaxed) else { return }
      var time = itimerspec()
      time.it_value.tv_sec = Int(deadline / 1_000_000_000)
      time.it_value.tv_nsec = Int(deadline % 1_000_000_000)
      timerfd_settime(alarm, Int32(TFD_TIMER_ABSTIME), &time, nil)
      armed.store(deadline, ordering: .relaxed)
    }
  }
#endif
