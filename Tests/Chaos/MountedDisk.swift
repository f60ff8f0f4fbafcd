import Foundation

/// A small file system in memory, mounted for one case.
struct MountedDisk: Sendable {
  let folder: String

  /// - Throws: `ChaosSkip` where mounting is not permitted.
  static func make(for disk: ChaosDisk) throws -> MountedDisk? {
    guard case .small(let mebibytes) = disk else { return nil }
    let folder = "/tmp/swell-disk-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard
      Self.run("mount", ["-t", "tmpfs", "-o", "size=\(mebibytes)m,mode=755", "tmpfs", folder])
    else {
      try? FileManager.default.removeItem(atPath: folder)
      throw ChaosSkip("a small file system cannot be mounted here; it takes root")
    }
    return MountedDisk(folder: folder)
  }

  func remove() {
    _ = Self.run("umount", ["-l", folder])
    try? FileManager.default.removeItem(atPath: folder)
  }

  static func run(_ program: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
