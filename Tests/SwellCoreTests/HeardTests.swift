import SwellCore
import SwellModel
import Testing

/// What a run takes for said to it, and for stored of it, and what is.
@Suite struct HeardTests {
  private static func asked() throws -> TestRun {
    let workflow = try WorkflowDefinition.parse(
      """
      workflow: w
      nodes:
        slow: {handler: slow}
        review: {approval: {title: "May it?", timeout: 1s}}
        pause: {wait: {duration: 1s}}
      """
    ).workflow
    return TestRun.begun(workflow)
  }

  private static func at(_ milliseconds: Int64) -> Moment {
    Moment(microseconds: milliseconds * 1000)
  }

  @Test func `what waits for a message expires when all that was said in time has come`() throws {
    var run = try Self.asked()
    run.state.heard = Self.at(0)
    #expect(!run.state.isUnsure(now: Self.at(999)))
    run.pass(to: Self.at(2000))
    #expect(run.status("pause") == .succeeded)
    #expect(run.status("review") == .waiting(until: Self.at(1000)))
    #expect(run.state.isUnsure(now: run.now))
    let waited = [900, 1000, 1500].map { run.state.hear(upTo: Self.at($0)) }
    #expect(waited == [false, true, false])
    run.turn()
    #expect(run.status("review") == .failed)
  }

  @Test func `what is due beside it is more than being unsure`() throws {
    var run = try Self.asked()
    run.state.heard = Self.at(0)
    // What sleeps beside it wakes.
    #expect(!run.state.isOnlyUnsure(now: Self.at(1500)))
    run.pass(to: Self.at(2000))
    #expect(run.state.isUnsure(now: run.now))
    #expect(run.state.isOnlyUnsure(now: run.now))
    _ = run.state.hear(upTo: Self.at(2000))
    #expect(!run.state.isOnlyUnsure(now: run.now))
  }

  @Test func `a pause between attempts that is over is more than being unsure`() throws {
    let workflow = try WorkflowDefinition.parse(
      """
      workflow: w
      nodes:
        slow: {handler: slow}
        flaky: {handler: flaky, retry: {strategy: fixed, delay: 1500ms, jitter: none}}
        review: {approval: {title: "May it?", timeout: 1s}}
      """
    ).workflow
    var run = TestRun.begun(workflow)
    run.state.heard = Self.at(0)
    run.fail("flaky", .io)
    #expect(run.state.isOnlyUnsure(now: Self.at(1499)))
    #expect(!run.state.isOnlyUnsure(now: Self.at(1501)))
  }

  @Test func `what is due and cannot start changes nothing in that`() throws {
    let workflow = try WorkflowDefinition.parse(
      """
      workflow: w
      concurrency: 1
      nodes:
        slow: {handler: slow}
        next: {handler: next}
        review: {approval: {title: "May it?", timeout: 1s}}
      """
    ).workflow
    var run = TestRun.begun(workflow, deadline: Self.at(5000))
    run.state.heard = Self.at(0)
    run.pass(to: Self.at(2000))
    #expect(run.flying.count == 1 && run.state.due.count == 1)
    #expect(run.state.isOnlyUnsure(now: run.now))
    #expect(!run.state.isOnlyUnsure(now: Self.at(5000)))
  }

  @Test func `a run that ends is unsure of nothing`() throws {
    var run = try Self.asked()
    run.state.heard = Self.at(0)
    run.cancel()
    #expect(!run.state.isUnsure(now: Self.at(2000)))
  }

  @Test func `a row that is missing or in another state is noticed, what is on its way is not`()
    throws
  {
    var run = try Self.asked()
    #expect(!run.isAhead)
    let index = try #require(run.workflow.index(of: "review"))
    let row = try #require(run.store.rows[index])
    run.store.rows[index] = nil
    #expect(run.isAhead)
    run.changes.rows = [row]
    #expect(!run.isAhead)
    run.changes = Changes()
    run.store.rows[index] = row
    run.store.rows[index]?.state = .succeeded
    #expect(run.isAhead)
  }
}
