import SwellCore
import Testing

@testable import SwellEngine

/// How far down the next claim looks: what somebody said, or saw, must not be forgotten by a claim
/// that found nothing because others were claiming.
@Suite struct LookReachTests {
  private let begin = Moment(microseconds: 1_000_000_000)

  /// One that has just looked everywhere.
  private func settled(took: Duration = .microseconds(100)) -> LookReach {
    var reach = LookReach()
    #expect(reach.depart(now: begin) == .everywhere)
    let pause = reach.sawEverything(took: took, now: begin)
    reach.came(isPassedOver: false, pause: pause, now: begin)
    return reach
  }

  @Test func `a notification is good for one look back`() {
    var reach = settled()
    #expect(reach.depart(now: begin) == .near)
    reach.notified()
    #expect(reach.depart(now: begin) == .back)
    reach.came(isPassedOver: false, pause: nil, now: begin)
    #expect(reach.depart(now: begin) == .near)
  }

  @Test func `a notification outlives claims that were passed over`() {
    var reach = settled()
    reach.notified()
    for _ in 0..<3 {
      #expect(reach.depart(now: begin) == .back)
      reach.came(isPassedOver: true, pause: nil, now: begin)
    }
    #expect(reach.depart(now: begin) == .back)
    reach.came(isPassedOver: false, pause: nil, now: begin)
    #expect(reach.depart(now: begin) == .near)
    reach.came(isPassedOver: true, pause: nil, now: begin)
    #expect(reach.depart(now: begin) == .near)
  }

  @Test func `a look everywhere that was passed over is followed by a look back`() {
    var reach = LookReach()
    #expect(reach.depart(now: begin) == .everywhere)
    let pause = reach.sawEverything(took: .zero, now: begin)
    reach.came(isPassedOver: true, pause: pause, now: begin)
    #expect(reach.depart(now: begin) == .back)
  }

  @Test(arguments: [
    (Duration.zero, Duration.seconds(1)), (.milliseconds(50), .seconds(1)),
    (.milliseconds(100), .seconds(2)), (.seconds(5), .seconds(10)),
  ])
  func `looks everywhere come each second, and take a twentieth of the time at most`(
    took: Duration, pause: Duration
  ) {
    let reach = settled(took: took)
    #expect(reach.nextEverywhere == begin + pause)
  }

  @Test func `one slow look among fast ones puts nothing off`() {
    var reach = settled()
    #expect(reach.sawEverything(took: .seconds(5), now: begin) == .seconds(1))
    #expect(reach.sawEverything(took: .milliseconds(1), now: begin) == .seconds(1))
    #expect(reach.sawEverything(took: .seconds(5), now: begin) == .seconds(1))
    #expect(reach.sawEverything(took: .milliseconds(200), now: begin) == .seconds(4))
    _ = reach.sawEverything(took: .milliseconds(1), forRuns: false, now: begin)
    #expect(reach.sawEverything(took: .milliseconds(200), now: begin) == .seconds(4))
  }

  @Test(arguments: [
    (Duration.zero, Duration.milliseconds(100)), (.milliseconds(20), .milliseconds(400)),
    (.seconds(5), .seconds(10)),
  ])
  func `surprises bring ten looks everywhere a second at most, and fewer where one takes long`(
    took: Duration, pause: Duration
  ) {
    var reach = settled(took: took)
    for _ in 0..<10 { reach.surprised() }
    #expect(reach.nextEverywhere == begin + pause)
    #expect(reach.depart(now: begin + pause + .microseconds(-1)) == .near)
    #expect(reach.depart(now: begin + pause) == .everywhere)
  }

  @Test func `a look for lanes alone leaves what is to be looked for to the next claim of runs`() {
    var reach = settled()
    reach.mustLookEverywhere()
    _ = reach.sawEverything(took: .zero, now: begin)
    #expect(reach.depart(now: begin) == .everywhere)
  }
}
