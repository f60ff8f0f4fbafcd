import Foundation
public import SwellLocal
import Synchronization

/// Stops servers that belong to a process when the process ends by itself.
public enum ServerAtExit {
  private static let servers = Mutex<[PrivateServer]>([])

  /// Stops a server at the end, and removes its folders, if it runs then.
  public static func stop(_ server: PrivateServer) {
    let isFirst = servers.withLock { servers in
      servers.append(server)
      return servers.count == 1
    }
    guard isFirst else { return }
    atexit {
      for server in ServerAtExit.servers.withLock({ $0 }) { ServerAtExit.end(server) }
    }
  }

  /// Nothing asynchronous runs any more: the quickest way down, then its folder.
  private static func end(_ server: PrivateServer) {
    guard let pid = server.postmasterPID else { return }
    kill(pid, SIGQUIT)
    for _ in 0..<200 {
      if kill(pid, 0) != 0 { break }
      usleep(10_000)
    }
    let root = URL(fileURLWithPath: server.dataDirectory).deletingLastPathComponent().path
    for folder in [root, server.socketDirectory] {
      try? FileManager.default.removeItem(atPath: folder)
    }
  }
}
