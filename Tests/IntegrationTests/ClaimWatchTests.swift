import SwellCore
import Testing

@testable import SwellEngine

/// Whether a recorder met another one of its own worker, or another worker.
@Suite struct ClaimWatchTests {
  @Test func `a claim alone has met none of its worker`() {
    let watch = ClaimWatch()
    #expect(!watch.depart().land())
    let second = watch.depart()
    #expect(!second.land())
    // Asked twice, it is not counted twice.
    _ = second.land()
    #expect(!watch.depart().land())
  }

  @Test func `claims that overlap have met, however briefly`() {
    let watch = ClaimWatch()
    let first = watch.depart()
    let second = watch.depart()
    #expect(second.land())
    #expect(first.land())
    let outer = watch.depart()
    #expect(watch.depart().land())
    #expect(watch.depart().land())
    #expect(outer.land())
    #expect(!watch.depart().land())
  }

  @Test func `a claim that nobody waits for any more is on its way no longer`() {
    let watch = ClaimWatch()
    do { _ = watch.depart() }
    #expect(!watch.depart().land())
  }

  @Test func `that the first recorder waits for its turn is remembered for a while`() {
    let watch = ClaimWatch()
    let now = Moment(microseconds: 1_000_000_000)
    #expect(!watch.isFirstWaiting(now: now))
    watch.firstWaits(now: now)
    #expect(watch.isFirstWaiting(now: now + .milliseconds(199)))
    #expect(!watch.isFirstWaiting(now: now + .milliseconds(200)))
  }
}
