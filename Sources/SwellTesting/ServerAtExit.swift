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
      ServerAtExit.end(left.servers)
    }
  }

  /// Nothing asynchronous runs any more: the quickest way down for all of them, then their folders.
  private static func end(_ servers: [PrivateServer]) {
    let running = servers.compactMap { server in server.postmasterPID.map { (server, $0) } }
    for (_, pid) in running { Foundation.kill(pid, SIGQUIT) }
    var folders: [String] = []
    for (server, pid) in running {
      // A process that nobody has waited for has a number still; its file goes with it.
      let file = server.dataDirectory + "/postmaster.pid"
      for _ in 0..<200 {
        if Foundation.kill(pid, 0) != 0 || !FileManager.default.fileExists(atPath: file) { break }
        usleep(10_000)
      }
      folders.append(
        URL(fileURLWithPath: server.dataDirectory).deletingLastPathComponent().path)
      folders.append(server.socketDirectory)
    }
    remove(folders)
  }

  /// Hundreds of databases are hundreds of thousands of files: nobody waits for them to go.
  private static func remove(_ folders: [String]) {
    guard !folders.isEmpty else { return }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for file in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, file, "/dev/null", O_RDWR, 0)
    }
    var arguments = (["rm", "-rf", "--"] + folders).map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid = pid_t()
    posix_spawnp(&pid, "rm", &actions, nil, &arguments, environ)
  }
}
