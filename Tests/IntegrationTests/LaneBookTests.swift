import Foundation
import SwellStore
import Testing

@testable import SwellEngine

/// Where a claim looks. What lies below where it looks waits for the next look everywhere.
@Suite struct LaneBookTests {
  private func book(lanes: Int) throws -> LaneBook {
    var book = LaneBook(kinds: ["handler:a"], queues: nil)
    let reports = (2..<2 + lanes).map {
      #"{"lane": \#($0), "queue": "q\#($0)", "kinds": ["handler:a"], "open": true}"#
    }
    book.update(
      try JSONDecoder().decode(
        [LaneReport].self, from: Data("[\(reports.joined(separator: ","))]".utf8)))
    return book
  }

  private func bound(_ look: LaneBook.Look, _ book: inout LaneBook) -> Int64? {
    book.places(look, all: false).first { $0.lane == 2 && $0.priority == 3 }?.bound
  }

  @Test func `a look goes from the bound, a second below it, or from the beginning`() throws {
    var book = try book(lanes: 1)
    #expect(bound(.near, &book) == 0)
    #expect(bound(.back, &book) == 0)
    book.raiseBound(lane: 2, priority: 3, to: 10_000_000)
    book.raiseBound(lane: 2, priority: 3, to: 7_000_000)
    #expect(bound(.near, &book) == 10_000_000)
    #expect(bound(.back, &book) == 9_000_000)
    #expect(bound(.everywhere, &book) == 0)
    book.forgetBounds()
    #expect(bound(.near, &book) == 0)
  }

  @Test func `a lane that is not known, or is one of many, is no news that any look finds`() throws
  {
    let few = try book(lanes: 16)
    #expect(few.isAlwaysSearched(2))
    #expect(!few.isAlwaysSearched(99))
    #expect(!few.isAlwaysSearched(LaneKey.everybodys))
    #expect(try !book(lanes: 17).isAlwaysSearched(2))
  }

  @Test func `a run where nobody had seen one says that others of many lanes may have more`() throws
  {
    let few = try book(lanes: 16)
    #expect(!few.isNews(lane: 2, priority: 0))
    var many = try book(lanes: 17)
    #expect(many.isNews(lane: 2, priority: 0))
    #expect(!many.isNews(lane: 1, priority: 0))
    let seen = (2..<19).map {
      #"{"lane": \#($0), "queue": "q\#($0)", "kinds": ["handler:a"], "open": true, "priorities": [3]}"#
    }
    many.update(
      try JSONDecoder().decode(
        [LaneReport].self, from: Data("[\(seen.joined(separator: ","))]".utf8)))
    #expect(!many.isNews(lane: 2, priority: 3))
    #expect(many.isNews(lane: 2, priority: 0))
  }
}
