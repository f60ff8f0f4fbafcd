import SwellCore
import SwellModel
import SwellPostgres
import SwellStore
import Testing

@testable import SwellEngine

/// How a worker leaves to others what it cannot read.
@Suite struct UnreadableBookTests {
  private static let version = WorkflowKey(name: "w", version: 1)
  private static let run = PostgresUUID("0190c0de-0000-7000-8000-0000000000d1")

  private func moment(_ seconds: Double) -> Moment {
    Moment(microseconds: Int64(seconds * 1e6))
  }

  @Test func `few come back soon, many one after the other, and all within a minute`() {
    var book = UnreadableBook()
    func delay(bytes: Int = 100, at time: Double) -> Duration {
      book.delay(bytes: bytes, now: moment(time))
    }
    #expect(delay(at: 10) == .seconds(1))
    #expect(delay(at: 10) == .milliseconds(1005))
    for _ in 0..<998 { _ = delay(at: 10) }
    #expect(delay(at: 10) == .seconds(6))
    // Later ones stand behind those, whatever time has passed.
    #expect(delay(at: 12) == .milliseconds(4005))
    #expect(delay(at: 60) == .seconds(1))
    // What is large costs more to be met again.
    #expect(delay(bytes: 100 << 20, at: 60) == .seconds(11))
    for _ in 0..<100_000 { _ = delay(bytes: 0, at: 60) }
    #expect(delay(bytes: 0, at: 60) == .seconds(60))
  }

  @Test func `a version is looked at again after a minute, and people hear of it once an hour`() {
    var book = UnreadableBook()
    let error = NodeError(.definition, "no", code: "unreadable_definition")
    #expect(book.error(of: Self.version, now: moment(0)) == nil)
    book.note(Self.version, error, now: moment(0))
    #expect(book.error(of: Self.version, now: moment(59)) == error)
    #expect(book.error(of: Self.version, now: moment(60)) == nil)
    func news(at time: Double) -> String? { book.news(of: Self.version, now: moment(time)) }
    #expect(news(at: 1) == "no")
    book.note(Self.version, error, now: moment(61))
    #expect(news(at: 62) == nil)
    #expect(news(at: 3601) == "no")
  }

  @Test func `a run for which somebody has done something is left for its time again`() throws {
    var book = UnreadableBook()
    let run = try #require(Self.run)
    let first = UnreadableBook.RunShape(wave: 1, rows: 2, attempts: 3, isCancelled: false)
    func hasWaited(_ shape: UnreadableBook.RunShape, at time: Double) -> Bool {
      book.hasWaited(.seconds(60), forEndOf: run, shape, now: moment(time))
    }
    #expect(!hasWaited(first, at: 0))
    #expect(!hasWaited(first, at: 59))
    #expect(hasWaited(first, at: 60))
    var (later, time) = (first, 120.0)
    for change: WritableKeyPath<UnreadableBook.RunShape, Int> in [\.wave, \.rows, \.attempts] {
      later[keyPath: change] += 1
      #expect(!hasWaited(later, at: time))
      #expect(!hasWaited(later, at: time + 59))
      #expect(hasWaited(later, at: time + 60))
      time += 100
    }
    book.ended(run)
    #expect(!hasWaited(later, at: time))
  }

  @Test func `of very many runs that are to end some do, and then the others`() throws {
    var book = UnreadableBook()
    let shape = UnreadableBook.RunShape(wave: 1, rows: 2, attempts: 3, isCancelled: true)
    let runs = (0..<120_000).map { number in
      PostgresUUID(high: UInt64(number) | 0x7000, low: 0x8000_0000_0000_0000 | UInt64(number))
    }
    func ended(at time: Double) -> Int {
      let ready = runs.filter {
        book.hasWaited(.seconds(60), forEndOf: $0, shape, now: moment(time))
      }
      for run in ready { book.ended(run) }
      return ready.count
    }
    #expect(ended(at: 0) == 0)
    #expect(ended(at: 70) == 100_000)
    #expect(ended(at: 140) == 0)
    // Those that ended elsewhere come back no more.
    #expect(ended(at: 210) >= 20_000)
  }
}
