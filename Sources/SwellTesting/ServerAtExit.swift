import Foundation
import SwellLocal
import Synchronization

/// Stops the test process's server when the process ends.
enum ServerAtExit {
  private static let pid = Mutex<Int32?>(nil)
  private static let folder = Mutex<String?>(nil)

  static func stop(_ server: PrivateServer) {
    pid.withLock { $0 = server.postmasterPID }
    folder.withLock { $0 = server.dataDirectory }
    atexit {
      // Nothing asynchronous runs any more: the quickest way down, then its folder.
      guard let pid = ServerAtExit.pid.withLock({ $0 }) else { return }
      kill(pid, SIGQUIT)
      for _ in 0..<200 {
        if kill(pid, 0) != 0 { break }
        usleep(10_000)
      }
      if let folder = ServerAtExit.folder.withLock({ $0 }) {
        try? FileManager.default.removeItem(
          at: URL(fileURLWithPath: folder).deletingLastPathComponent())
      }
    }
  }
}
