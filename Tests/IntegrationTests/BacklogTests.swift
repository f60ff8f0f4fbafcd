import Testing

@testable import SwellEngine

@Suite struct BacklogTests {
  @Test func `what is taken comes in the order of its coming, and is let go of`() {
    final class Thing {}
    var backlog = Backlog<Int>()
    var things = Backlog<Thing>()
    weak var first: Thing?
    do {
      let thing = Thing()
      first = thing
      things.append(contentsOf: [thing, Thing()])
    }
    _ = things.popFirst()
    #expect(first == nil)
    #expect(!things.isEmpty)

    // Never empty: as much comes as goes.
    backlog.append(contentsOf: Array(0..<2000))
    var most = 0
    for round in 0..<100_000 {
      #expect(backlog.popFirst() == round)
      backlog.append(contentsOf: [2000 + round])
      most = max(most, backlog.places)
    }
    #expect(most < 10_000)
    while backlog.popFirst() != nil {}
    #expect(backlog.isEmpty)
    #expect(backlog.places == 0)
  }
}
