import Foundation

/// What the system says of processes that are not the caller's own children.
package enum ProcessTable {
  /// Whether a process runs. One that has ended and waits to be reaped does not: that may take the
  /// init process of a container seconds.
  package static func isRunning(_ pid: Int32) -> Bool {
    guard kill(pid, 0) == 0 else { return false }
    #if os(Linux)
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        // "pid (name) state parent …", where the name may hold anything.
        let end = text.lastIndex(of: ")")
      else { return false }
      return !"ZX".contains(text[end...].dropFirst(2).first ?? "X")
    #else
      return true
    #endif
  }

  /// Waits until none of the processes runs any more, and returns whether that came in time: who
  /// is sent SIGKILL is gone a moment later.
  package static func haveEnded(_ pids: [Int32], within limit: Duration = .seconds(10)) async
    -> Bool
  {
    let deadline = ContinuousClock.now + limit
    while pids.contains(where: isRunning) {
      guard ContinuousClock.now < deadline else { return false }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return true
  }
}
