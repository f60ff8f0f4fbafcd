import Foundation
import SwellTesting

extension WorkerProcess {
  /// Waits until it was killed, for a while.
  func isKilled() async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { await self.ended() == 128 + SIGKILL }
      group.addTask {
        // sleeps: a fault that is never reached would be waited for until the end of days.
        try? await Task.sleep(for: .seconds(20))
        self.signal(15)
        return false
      }
      let first = await group.next() ?? false
      group.cancelAll()
      return first
    }
  }

  /// Waits until its log says something: a line may come after what it tells of.
  func says(_ words: String) async -> Bool {
    let end = ContinuousClock.now + .seconds(10)
    while !log.contains(words) {
      guard ContinuousClock.now < end else { return false }
      // sleeps: a log tells nobody that it has grown
      try? await Task.sleep(for: .milliseconds(10))
    }
    return true
  }
}
