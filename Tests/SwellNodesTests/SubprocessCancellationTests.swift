import Foundation
import SwellModel
import SwellNodes
import SwellTesting
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What is left of a program, and of what it started, when its attempt ends.
@Suite struct SubprocessCancellationTests {
  /// Where a script writes pids, one a line; the test awaits them.
  let file = "/tmp/swell-pids-\(UUID().uuidString)"

  @Test func `a cancelled attempt takes the grandchildren along`() async throws {
    defer { unlink(file) }
    let script = "sleep 300 & echo $! > \(file); sleep 301 & echo $! >> \(file); wait"
    let task = Task { await SubprocessRunner.run(.shell(script)) }
    let pids = try await awaitPids(2)
    #expect(pids.allSatisfy(ProcessTable.isRunning))
    let start = ContinuousClock.now
    task.cancel()
    #expect(failureCode(await task.value) == "cancelled")
    #expect(ContinuousClock.now - start < .seconds(4))
    #expect(await ProcessTable.haveEnded(pids))
  }

  @Test func `who ignores SIGTERM is killed after the grace`() async throws {
    defer { unlink(file) }
    let script = "trap '' TERM; sleep 300 & echo $! > \(file); echo $$ >> \(file); wait; wait"
    let task = Task { await SubprocessRunner.run(.shell(script, grace: .milliseconds(200))) }
    let pids = try await awaitPids(2)
    let start = ContinuousClock.now
    task.cancel()
    #expect(failureCode(await task.value) == "cancelled")
    #expect(ContinuousClock.now - start >= .milliseconds(200))
    #expect(await ProcessTable.haveEnded(pids))
  }

  @Test func `who heeds SIGTERM may clean up`() async throws {
    defer { unlink(file) }
    let cleaned = file + ".cleaned"
    defer { unlink(cleaned) }
    let script =
      "trap 'touch \(cleaned); kill $!; exit 0' TERM; sleep 300 & echo $! > \(file); wait"
    let task = Task { await SubprocessRunner.run(.shell(script)) }
    let pids = try await awaitPids(1)
    task.cancel()
    #expect(failureCode(await task.value) == "cancelled")
    #expect(FileManager.default.fileExists(atPath: cleaned))
    #expect(await ProcessTable.haveEnded(pids))
  }

  @Test func `a grandchild that keeps the output open holds nobody up`() async throws {
    defer { unlink(file) }
    let start = ContinuousClock.now
    let script = "sleep 300 & echo $! > \(file); echo done"
    let done = try await SubprocessRunner.run(.shell(script)).get()
    #expect(done.standardOutput == Array("done\n".utf8))
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(await ProcessTable.haveEnded(try await awaitPids(1)))
  }

  @Test func `a grandchild that writes for ever holds nobody up`() async throws {
    let script = "yes >&2 & echo done"
    let done = try await SubprocessRunner.run(.shell(script, maxStandardError: 100)).get()
    #expect(done.standardOutput == Array("done\n".utf8))
  }

  @Test func `too much output ends the whole group`() async throws {
    defer { unlink(file) }
    let script = "sleep 300 & echo $! > \(file); yes"
    let error = try await failure(of: .shell(script, maxStandardOutput: 1_000))
    #expect(error.code == "output_too_large")
    #expect(await ProcessTable.haveEnded(try await awaitPids(1)))
  }

  @Test func `a task that is cancelled already starts nothing`() async {
    let marker = file + ".ran"
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await SubprocessRunner.run(.shell("touch \(marker)"))
    }
    #expect(failureCode(await task.value) == "cancelled")
    #expect(!FileManager.default.fileExists(atPath: marker))
  }

  @Test func `a cancellation at any moment ends the attempt`() async {
    await withTaskGroup(of: Void.self) { group in
      for delay in 0..<40 {
        group.addTask {
          let task = Task { await SubprocessRunner.run(.shell("sleep 300")) }
          // sleeps: the moment of the cancellation is the case
          try? await Task.sleep(for: .microseconds(delay * 500))
          task.cancel()
          #expect(failureCode(await task.value) == "cancelled")
        }
      }
    }
  }

  private func awaitPids(_ count: Int) async throws -> [pid_t] {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      let pids = text.split(separator: "\n").compactMap { pid_t($0) }
      if pids.count == count, text.hasSuffix("\n") { return pids }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw NodeError(.timeout, "the script wrote no pids")
  }
}

private func failureCode(_ result: Result<SubprocessRunner.Completed, NodeError>) -> String? {
  if case .failure(let error) = result { return error.code }
  return nil
}
