import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What `postmaster.pid` says about the server of a cluster.
struct ServerProcess: Sendable, Hashable {
  var pid: pid_t
  var port: Int
  var socketFolder: String
  var isReady: Bool

  /// The server that runs on the cluster `data`, or nil.
  ///
  /// The file alone proves nothing: after a crash it stays, and its pid may by now be another
  /// program's. Where the system can tell, the process must have the cluster as its folder.
  static func running(on data: String) -> ServerProcess? {
    guard let process = recorded(in: data), isAlive(process.pid) else { return nil }
    #if os(Linux)
      switch folder(of: process.pid) {
      case .some(let folder) where folder != data: return nil
      case .none where errno == ENOENT: return nil
      default: break
      }
    #endif
    return process
  }

  /// Makes way for a start after a crash: waits until the backends of the dead server are gone
  /// (they hold its shared memory), then removes lock files whose pid is somebody else's now.
  ///
  /// PostgreSQL replaces lock files of dead processes itself; what it cannot see through is a
  /// pid that is in use again, or a dead postmaster that nobody has reaped.
  static func clearRemains(of data: String) async {
    guard let process = recorded(in: data) else { return }
    let deadline = ContinuousClock.now + .seconds(10)
    while !processes(in: data).isEmpty, ContinuousClock.now < deadline {
      guard (try? await Task.sleep(for: .milliseconds(20))) != nil else { return }
    }
    guard isAlive(process.pid), running(on: data) == nil, processes(in: data).isEmpty else {
      return
    }
    unlink(data + "/postmaster.pid")
    unlink("\(process.socketFolder)/.s.PGSQL.\(process.port).lock")
  }

  private static func recorded(in data: String) -> ServerProcess? {
    guard let text = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8) else {
      return nil
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let pid = lines.first.flatMap({ pid_t($0) }), pid > 0 else { return nil }
    return ServerProcess(
      pid: pid,
      port: lines.count > 3 ? Int(lines[3]) ?? 5432 : 5432,
      socketFolder: lines.count > 4 ? lines[4] : "",
      isReady: lines.count > 7 && lines[7].trimmingCharacters(in: .whitespaces) == "ready")
  }

  private static func isAlive(_ pid: pid_t) -> Bool {
    kill(pid, 0) == 0 || errno == EPERM
  }

  #if os(Linux)
    /// The working folder of a process; nil, with `errno` set, when the system does not tell.
    private static func folder(of pid: pid_t) -> String? {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = buffer.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { readlink("/proc/\(pid)/cwd", $0, bytes.count) } ?? -1
      }
      return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    private static func processes(in data: String) -> [pid_t] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return names.compactMap { pid_t($0) }.filter { folder(of: $0) == data }
    }
  #else
    private static func processes(in data: String) -> [pid_t] { [] }
  #endif
}
