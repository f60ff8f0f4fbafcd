import Foundation
import Swell
import Synchronization

/// Breaks the process when a point has been reached so many times: `kill` ends it, `lose` loses
/// that reply, `stop` does that while somebody stops the worker, `lose_each` that one and each time so many later another one; `refuse` refuses all that comes by.
final class NamedFault: FaultInjector {
  private let point: FaultPoint
  private let count: Int
  private let action: String
  private let reached = Mutex(0)

  init?(_ text: String) {
    let parts = text.split(separator: ":").map(String.init)
    guard parts.count == 3, let point = FaultPoint(rawValue: parts[0]), let count = Int(parts[1])
    else { return nil }
    self.point = point
    self.count = count
    self.action = parts[2]
  }

  func reach(_ point: FaultPoint) -> FaultAction {
    guard point == self.point else { return .none }
    if action == "refuse" { return .refuse }
    let times = reached.withLock { reached in
      reached += 1
      return reached
    }
    guard action == "lose_each" ? times % max(1, count) == 0 : times == count else { return .none }
    if action == "kill" {
      kill(getpid(), SIGKILL)
    }
    if action == "stop" {
      kill(getpid(), SIGTERM)
      Thread.sleep(forTimeInterval: 0.3)  // sleeps: the signal is taken by another thread
    }
    return .loseReply
  }
}
