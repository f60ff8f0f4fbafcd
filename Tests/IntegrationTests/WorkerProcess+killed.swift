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
}
