import Foundation

/// A control group whose processes the kernel kills when they touch more memory.
struct MemoryLimit: Sendable {
  let folder: String

  /// - Throws: `ChaosSkip` where no control group can be made.
  static func make(mebibytes: Int) throws -> MemoryLimit {
    let name = "swell-chaos-\(UUID().uuidString.prefix(8))"
    let places = [
      ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max"),
    ]
    for (root, file) in places {
      let limit = MemoryLimit(folder: "\(root)/\(name)")
      guard mkdir(limit.folder, 0o755) == 0 else { continue }
      if Self.write("\(mebibytes << 20)", to: "\(limit.folder)/\(file)") { return limit }
      limit.remove()
    }
    throw ChaosSkip(
      "no control group for memory can be made here; it takes root and a writable one")
  }

  /// Words before a program that put it into the group.
  var command: [String] {
    ["sh", "-c", "echo $$ > '\(folder)/cgroup.procs' && exec \"$0\" \"$@\""]
  }

  func remove() {
    // sleeps: its processes are gone a little later than they are reaped.
    for _ in 0..<100 where rmdir(folder) != 0 && errno == EBUSY { usleep(20_000) }
  }

  private static func write(_ text: String, to path: String) -> Bool {
    guard let file = FileHandle(forWritingAtPath: path) else { return false }
    defer { try? file.close() }
    return (try? file.write(contentsOf: Data(text.utf8))) != nil
  }
}
