import Foundation
import Swell
import SwellTesting
import Testing

/// Runs of tens of mebibytes, over a line that does not carry them in the time of one call.
@Suite(.serialized) struct LargeRunTests {
  /// 30 nodes of 900 KB each that end together, and one that outlives a worker.
  static let large =
    "workflow: large\nconcurrency: 30\nnodes:\n"
    + (0..<30).map { "  n\($0): {handler: large, retry: {strategy: none}}\n" }.joined()
    + "  last: {handler: sleep, needs: [\((0..<30).map { "n\($0)" }.joined(separator: ", "))], input: {ms: 1000}}\n"

  @Test func `what ends together is stored in parts, and whoever takes it up has the time to`()
    async throws
  {
    let stage = try await Stage()
    let proxy = try FaultProxy(to: stage.database.url)
    // 27 MB take 3.4 seconds, and a call has one.
    proxy.change { $0.bytesPerSecond = 8_000_000 }
    let slow = ["DATABASE_URL": proxy.url, "SWELL_TEST_CALL_TIMEOUT_MS": "1000"]
    try await stage.database.apply(Self.large)
    let run = try await stage.enqueue("large")[0]
    let first = try stage.worker(slow)
    #expect(
      try await stage.database.eventually(
        "SELECT count(*) = 30 FROM swell.node WHERE state = 'succeeded'", within: .seconds(60)))
    await first.destroy()
    // The next one has to read all of it before it can go on.
    let second = try stage.worker(slow)
    #expect(try await stage.allEnded(within: .seconds(90)))
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.node WHERE attempt > 1 AND node_id <> 'last'") == "0")
    #expect(try await stage.end([first, second]).isEmpty)
  }
}
