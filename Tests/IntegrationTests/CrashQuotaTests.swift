import SwellCore
import SwellModel
import SwellPostgres
import Testing

@testable import SwellEngine

/// Who has lost a worker, and who has lost two.
@Suite struct CrashQuotaTests {
  private static func at(_ seconds: Int64) -> Moment { Moment(microseconds: seconds * 1_000_000) }

  private static func run(lost crashes: Int, claimed: Moment) throws -> HeldRun {
    let workflow = CompiledWorkflow(
      try WorkflowDefinition.parse("workflow: w\nnodes: {a: {handler: noop}}").workflow, version: 1)
    return HeldRun(
      id: .random(), token: 1, hold: 1, queue: "default",
      state: RunState(workflow, input: .null, deadline: nil), claimed: claimed, crashes: crashes)
  }

  @Test func `the two are not taken beside each other in their first moments`() throws {
    var quota = CrashQuota()
    #expect(quota.next(held: [], incoming: [], now: Self.at(0)) == (16, 1))
    let one = try Self.run(lost: 1, claimed: Self.at(0))
    #expect(quota.next(held: [one], incoming: [1], now: Self.at(9)) == (14, 0))
    #expect(quota.next(held: [one], incoming: [], now: Self.at(10)) == (15, 1))
    let two = try Self.run(lost: 2, claimed: Self.at(10))
    #expect(quota.next(held: [one, two], incoming: [], now: Self.at(19)) == (0, 0))
    #expect(quota.next(held: [one, two], incoming: [], now: Self.at(20)) == (15, 0))
  }

  @Test func `a stream of the one leaves the other its turn`() throws {
    var quota = CrashQuota()
    _ = quota.next(held: [], incoming: [], now: Self.at(0))
    quota.came(ones: true, askedForTwos: true, now: Self.at(0))
    var second: Int64 = 0
    var asked = quota.next(held: [], incoming: [1], now: Self.at(second))
    while asked.once > 0, second < 1000 {
      second += 1
      let newest = try Self.run(lost: 1, claimed: Self.at(second - 1))
      asked = quota.next(held: [newest], incoming: [], now: Self.at(second))
    }
    #expect(second == 61)
    let newest = try Self.run(lost: 1, claimed: Self.at(60))
    #expect(quota.next(held: [newest], incoming: [], now: Self.at(70)) == (0, 1))
    quota.came(ones: false, askedForTwos: true, now: Self.at(70))
    #expect(quota.next(held: [newest], incoming: [], now: Self.at(71)) == (15, 1))
  }

  @Test func `one that takes long keeps nobody of the other sort waiting`() throws {
    var quota = CrashQuota()
    let two = try Self.run(lost: 2, claimed: Self.at(0))
    for second in Int64(10)...200 {
      let newest = try Self.run(lost: 1, claimed: Self.at(second - 1))
      #expect(quota.next(held: [two, newest], incoming: [], now: Self.at(second)) == (15, 0))
      quota.came(ones: true, askedForTwos: false, now: Self.at(second))
    }
  }
}
