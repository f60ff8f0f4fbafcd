import CLibpq

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Nanoseconds of the monotonic clock.
enum MonotonicTime {
  static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// The moment `duration` from now: never earlier, and the end of time when out of range.
  static func after(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return now() }
    let limit: Int64 = 1 << 32
    guard seconds < limit else { return now() &+ UInt64(limit) * 1_000_000_000 }
    return now() &+ UInt64(seconds) * 1_000_000_000
      &+ UInt64((attoseconds + 999_999_999) / 1_000_000_000)
  }
}
