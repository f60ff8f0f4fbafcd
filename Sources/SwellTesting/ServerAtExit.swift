import Foundation
public import SwellLocal
import Synchronization

/// Stops what belongs to a process when the process ends by itself: servers, and what is in front
/// of them.
public enum ServerAtExit {
  private struct Left {
    var servers: [PrivateServer] = []
    /// Other processes, by pid, with the folder of each.
    var others: [Int32: String] = [:]
    var isArmed = false
  }

  private static let left = Mutex(Left())

  /// Stops a server at the end, and removes its folders, if it runs then.
  public static func stop(_ server: PrivateServer) {
    left.withLock { $0.servers.append(server) }
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
      let left = ServerAtExit.left.withLock { $0 }
      for (pid, folder) in left.others {
        Foundation.kill(pid, SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
      }
      for server in left.servers { ServerAtExit.end(server) }
    }
  }

  /// Nothing asynchronous runs any more: the quickest way down, then its folder.
  private static func end(_ server: PrivateServer) {
    guard let pid = server.postmasterPID else { return }
    Foundation.kill(pid, SIGQUIT)
    for _ in 0..<200 {
      if Foundation.kill(pid, 0) != 0 { break }
      usleep(10_000)
    }
    let root = URL(fileURLWithPath: server.dataDirectory).deletingLastPathComponent().path
    for folder in [root, server.socketDirectory] {
      try? FileManager.default.removeItem(atPath: folder)
    }
  }
}
