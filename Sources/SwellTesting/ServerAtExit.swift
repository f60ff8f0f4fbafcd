import Foundation
import SwellLocal
import Synchronization

/// Stops the test process's server when the process ends.
enum ServerAtExit {
  private static let pid = Mutex<Int32?>(nil)
  private static let folders = Mutex<[String]>([])

  static func stop(_ server: PrivateServer) {
    pid.withLock { $0 = server.postmasterPID }
    let root = URL(fileURLWithPath: server.dataDirectory).deletingLastPathComponent().path
    folders.withLock { $0 = [root, server.socketDirectory] }
    atexit {
      // Nothing asynchronous runs any more: the quickest way down, then its folder.
      guard let pid = ServerAtExit.pid.withLock({ $0 }) else { return }
      kill(pid, SIGQUIT)
      for _ in 0..<200 {
        if kill(pid, 0) != 0 { break }
        usleep(10_000)
      }
      for folder in ServerAtExit.folders.withLock({ $0 }) {
        try? FileManager.default.removeItem(atPath: folder)
      }
    }
  }
}
