import Foundation
import SwellLocal
import Synchronization

/// Stops what the test process has started when the process ends.
enum ServerAtExit {
  private struct Left {
    var server: Int32?
    var others: [Int32: String] = [:]
    var folders: [String] = []
    var isArmed = false
  }

  private static let left = Mutex(Left())

  static func stop(_ server: PrivateServer) {
    let root = URL(fileURLWithPath: server.dataDirectory).deletingLastPathComponent().path
    left.withLock { left in
      left.server = server.postmasterPID
      left.folders = [root, server.socketDirectory]
    }
    arm()
  }

  /// Kills another process of the tests' own, unless `forget` was called, and removes its folder.
  static func kill(_ pid: Int32, folder: String) {
    left.withLock { $0.others[pid] = folder }
    arm()
  }

  /// The process has been waited for: its number may be somebody else's now.
  static func forget(_ pid: Int32) {
    _ = left.withLock { $0.others.removeValue(forKey: pid) }
  }

  private static func arm() {
    let wasArmed = left.withLock { left in
      defer { left.isArmed = true }
      return left.isArmed
    }
    guard !wasArmed else { return }
    atexit {
      // Nothing asynchronous runs any more: the quickest way down, then the folders.
      let left = ServerAtExit.left.withLock { $0 }
      for (pid, folder) in left.others {
        Foundation.kill(pid, SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
      }
      guard let pid = left.server else { return }
      Foundation.kill(pid, SIGQUIT)
      for _ in 0..<200 {
        if Foundation.kill(pid, 0) != 0 { break }
        usleep(10_000)
      }
      for folder in left.folders { try? FileManager.default.removeItem(atPath: folder) }
    }
  }
}
