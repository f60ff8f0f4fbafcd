import Foundation
import Synchronization

/// A worker process that a test starts, breaks and stops. It does not outlive this value: of a test
/// that fails, none works on under the next one.
public final class WorkerProcess: Sendable {
  public let pid: Int32
  public let logPath: String
  private let exit: Task<Int32, Never>
  private let end: Ended

  private static let passedOn = ["ASAN_OPTIONS", "SWIFT_BACKTRACE"]

  /// Starts a program with exactly this environment beside PATH, HOME, and
  /// ASAN_OPTIONS and SWIFT_BACKTRACE of this one.
  ///
  /// - Parameters:
  ///   - program: found in the folder of the built products.
  ///   - command: words before the program, each found as a shell finds it; they must end in an
  ///     exec, so that the process stays the one that is signalled.
  public init(
    _ program: String = "swell-test-worker", arguments: [String] = [],
    environment: [String: String] = [:], through command: [String] = []
  ) throws {
    let log = FileManager.default.temporaryDirectory.path + "/swell-worker-\(UUID().uuidString).log"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let process = Process()
    let words = command + [try Products.path(of: program)] + arguments
    process.executableURL = URL(fileURLWithPath: command.isEmpty ? words[0] : "/usr/bin/env")
    process.arguments = command.isEmpty ? arguments : words
    var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp"]
    // What a program that is built with AddressSanitizer is told from outside.
    for name in Self.passedOn { variables[name] = ProcessInfo.processInfo.environment[name] }
    variables.merge(environment) { _, own in own }
    process.environment = variables
    process.standardInput = FileHandle.nullDevice
    // One handle for both: with two, each stream would write over the other from the beginning.
    let output = FileHandle(forWritingAtPath: log)
    process.standardOutput = output
    process.standardError = output
    let ended = Ended()
    end = ended
    process.terminationHandler = { process in
      // What a signal ended is told as a shell tells it.
      let byShell: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
      ended.set(process.terminationStatus + byShell)
    }
    try process.run()
    try? output?.close()
    pid = process.processIdentifier
    logPath = log
    exit = Task { await ended.wait() }
  }

  deinit {
    if !end.isReached { kill(pid, SIGKILL) }
    try? FileManager.default.removeItem(atPath: logPath)
  }

  public func signal(_ number: Int32) {
    kill(pid, number)
  }

  /// Waits for its end and returns the exit code; 128 and more for a signal.
  public func ended() async -> Int32 {
    await exit.value
  }

  /// Ends it at once and waits for it.
  public func destroy() async {
    signal(SIGKILL)
    signal(SIGCONT)
    _ = await exit.value
  }

  /// Waits until its log has the words; false when it has not within the limit.
  public func says(_ words: String..., within limit: Duration = .seconds(30)) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
      let log = log
      if words.contains(where: log.contains) { return true }
      try? await Task.sleep(for: .milliseconds(10))
    }
    return false
  }

  public var log: String {
    (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
  }

  /// The one-time end of a process.
  private final class Ended: Sendable {
    private struct State {
      var code: Int32?
      var waiter: CheckedContinuation<Int32, Never>?
    }

    private let state = Mutex(State())

    var isReached: Bool { state.withLock { $0.code != nil } }

    func set(_ code: Int32) {
      let waiter = state.withLock { state in
        state.code = code
        return state.waiter
      }
      waiter?.resume(returning: code)
    }

    func wait() async -> Int32 {
      await withCheckedContinuation { continuation in
        let code = state.withLock { state in
          if state.code == nil { state.waiter = continuation }
          return state.code
        }
        if let code { continuation.resume(returning: code) }
      }
    }
  }
}
