#if canImport(Darwin)
  import Darwin

  /// kqueue, whose user event is the bell and whose own timeout counts nanoseconds.
  final class KqueuePoller: Poller {
    private static let bell = UInt(0)
    private let queue: Int32

    init() throws(PostgresError) {
      queue = kqueue()
      guard queue >= 0 else {
        throw PostgresError(
          code: .configuration, "no kqueue for a reactor: \(String(cString: strerror(errno)))")
      }
      change(Self.bell, EVFILT_USER, EV_ADD | EV_CLEAR)
    }

    func watch(_ descriptor: Int32, token: UInt64, writable: Bool) {
      change(UInt(descriptor), EVFILT_READ, EV_ADD, token: token)
      change(UInt(descriptor), EVFILT_WRITE, writable ? EV_ADD : EV_DELETE, token: token)
    }

    func unwatch(_ descriptor: Int32) {
      change(UInt(descriptor), EVFILT_READ, EV_DELETE)
      change(UInt(descriptor), EVFILT_WRITE, EV_DELETE)
    }

    func wake() {
      change(Self.bell, EVFILT_USER, 0, flags: UInt32(NOTE_TRIGGER))
    }

    func wait(until deadline: UInt64?, _ ready: (_ token: UInt64) -> Void) -> Bool {
      var events = [kevent](repeating: kevent(), count: 64)
      let count: Int32
      if let deadline {
        let now = MonotonicTime.now()
        let left = deadline > now ? deadline - now : 0
        var time = timespec(
          tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
        count = kevent(queue, nil, 0, &events, 64, &time)
      } else {
        count = kevent(queue, nil, 0, &events, 64, nil)
      }
      var rang = false
      for event in events.prefix(max(0, Int(count))) {
        if event.filter == Int16(EVFILT_USER) {
          rang = true
        } else {
          ready(UInt64(UInt(bitPattern: event.udata)))
        }
      }
      return rang
    }

    func close() {
      _ = Darwin.close(queue)
    }

    private func change(
      _ ident: UInt, _ filter: Int32, _ action: Int32, token: UInt64 = 0, flags: UInt32 = 0
    ) {
      var event = kevent(
        ident: ident, filter: Int16(filter), flags: UInt16(action), fflags: flags, data: 0,
        udata: UnsafeMutableRawPointer(bitPattern: UInt(token)))
      kevent(queue, &event, 1, nil, 0, nil)
    }
  }
#endif
