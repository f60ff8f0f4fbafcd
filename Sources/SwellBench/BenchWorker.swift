import Foundation
import Logging
import Swell
import SwellEngine
import SwellModel
import SwellNodes
import SwellPostgres
import Synchronization

/// A worker process of the benchmark: handlers that do next to nothing, and a line of figures on
/// standard output whenever they have changed.
public final class BenchWorker: Sendable {
  private let worker: Worker
  private let firstClaim = Mutex<Int64?>(nil)

  static let output = #"{"ok": true, "value": 42, "note": "small payload of a node"}"#

  public init(database: String, concurrency: Int?, recorders: Int?) {
    var configuration = WorkerConfiguration(database: PostgresConfiguration(database))
    if let concurrency { configuration.concurrency = concurrency }
    if let recorders { configuration.recorders = recorders }
    configuration.grace = .zero
    configuration.cancelGrace = .milliseconds(500)
    var logger = Logger(label: "bench")
    logger.logLevel = .error
    let output = Payload(json: Self.output)
    worker = Worker(
      configuration,
      kinds: [
        RawHandlerNode("noop") { _, _ in output },
        RawHandlerNode("stamp") { _, _ in Self.stamp() },
        RawHandlerNode("stamp_retry") { _, context in
          if context.attempt == 1 { throw NodeError(.transport, "the first attempt fails") }
          return Self.stamp()
        },
        RawHandlerNode("hold") { _, _ in
          try await Task.sleep(for: .seconds(60))
          return output
        },
      ], logger: logger)
  }

  /// When a handler began: microseconds since 1970, by the clock that a server here has, too.
  private static func stamp() -> Payload {
    Payload(json: "{\"at\": \(WallClock.microseconds())}")
  }

  /// Works until the task is cancelled.
  public func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.worker.run() }
      group.addTask {
        var last = WorkerReport()
        while !Task.isCancelled {
          let report = self.report(after: last)
          if report != last {
            last = report
            // Who no longer reads has no use for this process.
            try FileHandle.standardOutput.write(contentsOf: Data((report.line + "\n").utf8))
          }
          try? await Task.sleep(for: .milliseconds(5))
        }
      }
      // Whoever ends first ends both: the worker when it cannot go on, or the caller's cancel.
      try await group.next()
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  private func report(after last: WorkerReport) -> WorkerReport {
    let now = worker.metrics.now
    let at = WallClock.microseconds()
    let first = firstClaim.withLock { first in
      if first == nil, now.claimed > 0 { first = at }
      return first
    }
    return WorkerReport(
      firstClaim: first ?? 0, ended: now.ended,
      endedAt: now.ended == last.ended ? last.endedAt : at,
      statements: now.statements, inFlight: now.nodesInFlight)
  }
}
