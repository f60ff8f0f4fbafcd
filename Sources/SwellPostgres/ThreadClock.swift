import CLibpq

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What one thread uses of the processors, for others to read while it lives.
struct ThreadClock {
  #if canImport(Darwin)
    private let thread: mach_port_t

    /// Of the calling thread.
    init() {
      thread = pthread_mach_thread_np(pthread_self())
    }

    /// Nil when the system does not say.
    var microseconds: Int64? {
      var info = thread_basic_info()
      let words = MemoryLayout<thread_basic_info>.size / MemoryLayout<natural_t>.size
      var count = mach_msg_type_number_t(words)
      let status = withUnsafeMutablePointer(to: &info) { pointer in
        pointer.withMemoryRebound(to: integer_t.self, capacity: words) {
          thread_info(thread, thread_flavor_t(THREAD_BASIC_INFO), $0, &count)
        }
      }
      guard status == KERN_SUCCESS else { return nil }
      return Int64(info.user_time.seconds + info.system_time.seconds) * 1_000_000
        + Int64(info.user_time.microseconds + info.system_time.microseconds)
    }
  #else
    private let clock: clockid_t?

    /// Of the calling thread.
    init() {
      var clock = clockid_t()
      self.clock = pthread_getcpuclockid(pthread_self(), &clock) == 0 ? clock : nil
    }

    /// Nil when the system does not say.
    var microseconds: Int64? {
      var time = timespec()
      guard let clock, clock_gettime(clock, &time) == 0 else { return nil }
      return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
  #endif
}
