import SwellCore
import Testing

@Suite struct CircuitRuleTests {
  @Test(arguments: CircuitCase.all)
  func `a circuit counts as its table says`(_ example: CircuitCase) {
    func moment(_ second: Int?) -> Moment? {
      second.map { Moment(microseconds: Int64($0) * 1_000_000) }
    }
    var rule = CircuitRule(
      consecutiveFailures: example.before.failures, openedAt: moment(example.before.openedAt),
      openUntil: moment(example.before.openUntil))
    rule.count(
      failures: example.failures, succeeded: example.succeeded,
      now: Moment(microseconds: Int64(example.now) * 1_000_000))
    #expect(
      rule
        == CircuitRule(
          consecutiveFailures: example.after.failures, openedAt: moment(example.after.openedAt),
          openUntil: moment(example.after.openUntil)))
  }

  @Test func `a circuit is closed, open until its moment, then half-open`() {
    let board = CircuitBoard(failing: ["some": nil, "open": Moment(microseconds: 10)])
    let now = Moment(microseconds: 9)
    let later = Moment(microseconds: 10)
    #expect(board.position(of: "none", now: now) == .closed)
    #expect(board.position(of: "some", now: now) == .closed)
    #expect(board.position(of: "open", now: now) == .open(until: later))
    #expect(board.position(of: "open", now: later) == .halfOpen)
    #expect(board.isFailing("some"))
    #expect(!board.isFailing("none"))
  }
}
