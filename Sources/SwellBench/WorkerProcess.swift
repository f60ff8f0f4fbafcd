import Foundation
import Synchronization

/// One worker process of the benchmark, and what it last said.
final class WorkerProcess: Sendable {
  let pid: Int32
  private let process: Process
  private let state: StateBox

  /// - Parameter program: the `swell` that is asked for `bench-worker`.
  init(program: String, database: String, concurrency: Int?, recorders: Int?) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments =
      ["bench-worker", database] + (concurrency.map { ["--concurrency", "\($0)"] } ?? [])
      + (recorders.map { ["--recorders", "\($0)"] } ?? [])
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    let state = StateBox()
    pipe.fileHandleForReading.readabilityHandler = { handle in
      let data = handle.availableData
      if data.isEmpty { handle.readabilityHandler = nil } else { state.take(data) }
    }
    try process.run()
    self.process = process
    self.state = state
    pid = process.processIdentifier
  }

  var report: WorkerReport { state.report }
  var isRunning: Bool { process.isRunning }

  /// Asks it to stop, and makes it when it does not within a few seconds.
  func stop() async {
    if process.isRunning { process.terminate() }
    // Not to be cut short by a cancelled benchmark: no worker may be left behind.
    await Task {
      for _ in 0..<500 where process.isRunning { try? await Task.sleep(for: .milliseconds(10)) }
    }.value
    if process.isRunning { kill(pid, SIGKILL) }
  }

  private final class StateBox: Sendable {
    private let state = Mutex<(rest: Data, report: WorkerReport)>((Data(), WorkerReport()))

    var report: WorkerReport { state.withLock { $0.report } }

    func take(_ data: Data) {
      state.withLock { state in
        state.rest.append(data)
        guard let end = state.rest.lastIndex(of: UInt8(ascii: "\n")) else { return }
        let lines = String(decoding: state.rest[..<end], as: UTF8.self).split(separator: "\n")
        if let report = lines.last.flatMap({ WorkerReport(line: $0) }) { state.report = report }
        state.rest = Data(state.rest[state.rest.index(after: end)...])
      }
    }
  }
}
