import Foundation

/// A worker process that the demo started, and may kill.
final class DemoWorker: Sendable {
  let name: String
  let pid: Int32
  private let process: Process
  private let log: String

  /// Starts this same program as `swell worker`.
  ///
  /// - Parameter folder: where it works and logs; no settings file of the user is there.
  init(name: String, database: String, folder: String) throws {
    let program = try OwnProgram.path()
    self.name = name
    log = "\(folder)/\(name).log"
    var environment = ProcessInfo.processInfo.environment
    for setting in SettingName.allCases { environment[setting.variable] = nil }
    environment["DATABASE_URL"] = database
    let bin = URL(fileURLWithPath: program).deletingLastPathComponent().path
    environment["PATH"] = bin + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = [
      "worker", "--name", name, "--queues", "demo", "--allow-exec", "swell", "--root", folder,
      "--grace", "1s",
    ]
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder, isDirectory: true)
    process.standardInput = FileHandle.nullDevice
    let output = FileHandle(forWritingAtPath: log) ?? FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    do {
      try process.run()
    } catch {
      throw CommandFailure(.software, "no_worker", "cannot start \(program): \(error)")
    }
    self.process = process
    pid = process.processIdentifier
  }

  var isRunning: Bool { process.isRunning }

  /// SIGKILL: no chance to say goodbye to anybody.
  func kill() {
    Foundation.kill(pid, SIGKILL)
  }

  /// Asks it to stop, and makes it when it does not within a few seconds.
  func stop() async {
    if process.isRunning { process.terminate() }
    for _ in 0..<250 where process.isRunning {
      // Not to be cut short by a cancelled demo: no worker may be left behind.
      await Task { try? await Task.sleep(for: .milliseconds(20)) }.value
    }
    if process.isRunning { kill() }
  }

  /// The last lines of its log.
  func logTail() -> String {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").suffix(10).joined(separator: "\n")
  }
}
