import Foundation
import Swell
import SwellTesting
import Testing

@testable import SwellCore
@testable import SwellEngine

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
    #expect(try await stage.allEnded(within: .seconds(60)), "\(second.log)")
    #expect(try await stage.run(run, "state") == "succeeded")
    #expect(
      try await stage.database.scalar(
        "SELECT count(*) FROM swell.node WHERE attempt > 1 AND node_id <> 'last'") == "0")
    #expect(try await stage.end([first, second]).isEmpty)
  }

  @Test func `a record takes what fits of what has ended, and at least one`() throws {
    let workflow = CompiledWorkflow(
      try WorkflowDefinition.parse("workflow: w\nnodes: {a: {handler: noop}}").workflow, version: 1)
    let run = HeldRun(
      id: .random(), token: 1, hold: 1, queue: "default",
      state: RunState(workflow, input: .null, deadline: nil), claimed: Moment(microseconds: 0),
      crashes: 0)
    let now = Moment(microseconds: 0)
    for node in 0..<5 {
      // A string of 1000 bytes.
      let output = Payload(bytes: [0x22] + [UInt8](repeating: 0x61, count: 998) + [0x22])
      run.completions.append(
        Completion(
          run: run.id, hold: 1, node: node, attempt: 1,
          result: node == 1 ? .failure(NodeError(.other, "no")) : .success(output), started: now,
          finished: now))
    }
    // 1000 bytes and a failure fit, the next one is the one too many.
    #expect(run.takeCompletions(upTo: 1500).map(\.node) == [0, 1, 2])
    #expect(run.takeCompletions(upTo: 0).map(\.node) == [3])
    #expect(run.takeCompletions(upTo: 1500).map(\.node) == [4])
    #expect(run.completions.isEmpty && run.takeCompletions(upTo: 10).isEmpty)
  }
}
