import Foundation
import Swell
import SwellTesting
import Testing

@testable import SwellEngine

/// How many runs a claim asks for.
@Suite(.serialized) struct ClaimPaceTests {
  @Test func `small runs are soon claimed by the hundred`() {
    var pace = ClaimPace()
    var asked: [Int] = []
    for _ in 0..<6 {
      asked.append(pace.runs(room: 1000, held: 0, isContended: false))
      pace.took(runs: asked.last ?? 0, bytes: 100 * (asked.last ?? 0))
    }
    #expect(asked == [32, 64, 128, 256, 500, 500])
    // Where others wait for their turn, more at once: as much as fits.
    #expect(pace.runs(room: 2000, held: 0, isContended: true) == 1000)
    #expect(pace.runs(room: 600, held: 0, isContended: true) == 600)
    #expect(pace.runs(room: 7, held: 0, isContended: false) == 7)
    #expect(pace.runs(room: 0, held: 0, isContended: false) == 0)
  }

  @Test func `a claim for which others wait carries no more bytes than any other`() {
    var pace = ClaimPace()
    // 24 KB each: 699 of them are as much as one claim carries.
    for _ in 0..<5 { pace.took(runs: 100, bytes: 2_400_000) }
    #expect(pace.runs(room: 2000, held: 0, isContended: false) == 500)
    #expect(pace.runs(room: 2000, held: 0, isContended: true) == 699)
    var young = ClaimPace()
    young.took(runs: 32, bytes: 3200)
    #expect(young.runs(room: 2000, held: 0, isContended: true) == 64)
  }

  @Test func `after one that ran late, larger claims come only once many have gone well`() {
    var pace = ClaimPace()
    for _ in 0..<5 { pace.took(runs: 500, bytes: 50_000) }
    #expect(pace.runs(room: 2000, held: 0, isContended: true) == 1000)
    pace.ranLate()
    #expect(pace.runs(room: 2000, held: 0, isContended: true) == 125)
    pace.took(runs: 125, bytes: 12_500)
    pace.took(runs: 250, bytes: 25_000)
    for _ in 0..<7 { pace.took(runs: 500, bytes: 50_000) }
    #expect(pace.runs(room: 2000, held: 0, isContended: true) == 500)
    pace.took(runs: 500, bytes: 50_000)
    #expect(pace.runs(room: 2000, held: 0, isContended: true) == 1000)
  }

  @Test func `large runs are claimed few at a time, and no more are held than fit`() {
    var pace = ClaimPace()
    pace.took(runs: 32, bytes: 32 << 20)
    #expect(pace.runs(room: 1000, held: 32 << 20, isContended: false) == 16)
    #expect(pace.runs(room: 1000, held: 125 << 20, isContended: false) == 3)
    #expect(pace.runs(room: 1000, held: 128 << 20, isContended: false) == 0)
    pace.ranLate()
    #expect(pace.runs(room: 1000, held: 0, isContended: false) == 4)
    for _ in 0..<4 { pace.ranLate() }
    #expect(pace.runs(room: 1000, held: 0, isContended: false) == 1)
  }

  @Test func `a worker that holds all it may goes on when something ends`() async throws {
    let stage = try await Stage()
    try await stage.database.apply("workflow: w\nnodes: {a: {handler: doze}}")
    let text = String(repeating: "a", count: 1_000_000)
    // More than one recorder holds.
    for _ in 0..<4 {
      try await stage.enqueue("w", 50, input: #"{"ms": 5000, "text": "\#(text)"}"#)
    }
    let worker = try stage.worker(["SWELL_TEST_RECORDERS": "1"])
    let watcher = try await TestDatabase.open(stage.database.url)
    let most = Task {
      var most = 0
      while !Task.isCancelled {
        // A look that the end of this watch cuts short says nothing.
        let held = try? await watcher.scalar(
          "SELECT count(*) FROM swell.ready WHERE claimed_by IS NOT NULL")
        most = max(most, held.flatMap { $0 }.flatMap { Int($0) } ?? 0)
        // sleeps: between two looks
        try? await Task.sleep(for: .milliseconds(5))
      }
      return most
    }
    #expect(try await stage.allEnded(within: .seconds(90)))
    most.cancel()
    // 128 MiB, and the claim that went over it.
    #expect((33...160).contains(await most.value))
    #expect(try await stage.states() == ["succeeded": 200])
    await watcher.connection.close()
    #expect(try await stage.end([worker]).isEmpty)
  }
}
