import Foundation
import SwellStore

/// The moment of a log line, by this machine's clock.
enum LogClock {
  static func now() -> DatabaseTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return DatabaseTime(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
