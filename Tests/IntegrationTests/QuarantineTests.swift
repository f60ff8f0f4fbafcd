import SwellCore
import Testing

@testable import SwellEngine

/// When a worker claims nothing but a run that has lost two workers.
@Suite struct QuarantineTests {
  private static func at(_ milliseconds: Int64) -> Moment {
    Moment(microseconds: milliseconds * 1000)
  }

  /// Closed since the first second.
  private static func closed(recorders: Int = 2) -> Quarantine {
    let quarantine = Quarantine(recorders: recorders)
    _ = quarantine.expect(true, now: at(1000), delay: .zero)
    quarantine.close(now: at(1000))
    return quarantine
  }

  @Test func `it closes a little after a run is due for it`() {
    let quarantine = Quarantine(recorders: 1)
    #expect(!quarantine.isDue(now: Self.at(0)))
    #expect(quarantine.expect(false, now: Self.at(0), delay: .seconds(1)) == nil)
    #expect(
      quarantine.expect(true, now: Self.at(0), delay: .milliseconds(100)) == Self.at(100))
    #expect(quarantine.expect(true, now: Self.at(50), delay: .seconds(1)) == Self.at(100))
    #expect(!quarantine.isDue(now: Self.at(99)))
    #expect(quarantine.isDue(now: Self.at(100)))
    // There is no reason to claim before its time has come, nor again and again after it.
    #expect(quarantine.expect(true, now: Self.at(100), delay: .seconds(1)) == nil)
    #expect(quarantine.isDue(now: Self.at(200)))
    // Somebody else has taken it.
    #expect(quarantine.expect(false, now: Self.at(200), delay: .zero) == nil)
    #expect(!quarantine.isDue(now: Self.at(200)))
    #expect(!quarantine.isClosed(now: Self.at(200)))
    quarantine.close(now: Self.at(300))
    #expect(quarantine.isClosed(now: Self.at(300)))
    #expect(!quarantine.isDue(now: Self.at(300)))
  }

  @Test func `a run comes once all recorders are quiet, and only one`() {
    let quarantine = Self.closed()
    #expect(!quarantine.report(0, isQuiet: true))
    #expect(!quarantine.report(1, isQuiet: false))
    #expect(quarantine.report(1, isQuiet: true))
    quarantine.ask()
    #expect(!quarantine.report(0, isQuiet: true))
    // A claim may take as long as it takes.
    #expect(quarantine.isClosed(now: Self.at(100_000)))
    quarantine.came(now: Self.at(100_000))
    #expect(!quarantine.report(0, isQuiet: true))
    #expect(quarantine.isClosed(now: Self.at(109_999)))
    #expect(!quarantine.isClosed(now: Self.at(110_000)))
  }

  @Test func `it opens as soon as another worker has the run`() {
    let quarantine = Self.closed()
    #expect(quarantine.expect(true, now: Self.at(1500), delay: .zero) == nil)
    #expect(quarantine.isClosed(now: Self.at(1500)))
    #expect(quarantine.expect(false, now: Self.at(2000), delay: .zero) == nil)
    #expect(!quarantine.isClosed(now: Self.at(2000)))
    // Not the one that is asked for, or is alone.
    let asking = Self.closed(recorders: 1)
    #expect(asking.report(0, isQuiet: true))
    asking.ask()
    _ = asking.expect(false, now: Self.at(2000), delay: .zero)
    #expect(asking.isClosed(now: Self.at(2000)))
    asking.came(now: Self.at(2000))
    _ = asking.expect(false, now: Self.at(3000), delay: .zero)
    #expect(asking.isClosed(now: Self.at(3000)))
  }

  @Test func `it stays open as long as it was closed, and whoever was quiet says so anew`() {
    let quarantine = Self.closed(recorders: 1)
    #expect(quarantine.report(0, isQuiet: true))
    quarantine.ask()
    quarantine.came(now: Self.at(1500))
    quarantine.open(hasCome: true, now: Self.at(3000), random: 0)
    #expect(!quarantine.isClosed(now: Self.at(3000)))
    #expect(quarantine.expect(true, now: Self.at(3000), delay: .zero) == Self.at(5000))
    #expect(quarantine.isDue(now: Self.at(5000)))
    quarantine.close(now: Self.at(5000))
    #expect(!quarantine.report(0, isQuiet: false))
    #expect(quarantine.isClosing(now: Self.at(5000)))
    quarantine.ask()
    #expect(!quarantine.isClosing(now: Self.at(5000)))
    quarantine.came(now: Self.at(5000))
    // What this worker cannot read is left to others for a while.
    quarantine.open(hasCome: true, pause: .seconds(60), now: Self.at(5001), random: 0)
    _ = quarantine.expect(false, now: Self.at(5002), delay: .zero)
    #expect(quarantine.expect(true, now: Self.at(6000), delay: .zero) == Self.at(65_001))
  }

  /// The pauses, in milliseconds, after so many times in which nobody came.
  private static func pauses(
    _ count: Int, of quarantine: Quarantine, fail: (Moment) -> Moment
  ) -> [Int64] {
    var now = at(1000)
    var pauses: [Int64] = []
    for _ in 0..<count {
      now = fail(now)
      let next = quarantine.expect(true, now: now, delay: .zero) ?? now
      pauses.append(next.microseconds(since: now) / 1000)
      now = next
      quarantine.close(now: now)
    }
    return pauses
  }

  @Test func `what nobody comes to is tried less and less often`() {
    // A recorder that has no connection never says that it is quiet.
    let absent = Self.closed()
    let long = Self.pauses(5, of: absent) { now in
      #expect(absent.isClosing(now: now + .milliseconds(19_999)))
      #expect(!absent.isClosed(now: now + .seconds(20)))
      return now + .seconds(20)
    }
    #expect(long == [80_000, 160_000, 300_000, 300_000, 300_000])
    // A row that somebody has locked.
    let locked = Self.closed(recorders: 1)
    let short = Self.pauses(4, of: locked) { now in
      #expect(locked.report(0, isQuiet: true))
      locked.ask()
      locked.open(hasCome: false, now: now, random: 0)
      return now
    }
    #expect(short == [200, 400, 800, 1600])
    let again = Self.pauses(1, of: locked) { now in
      locked.ask()
      locked.came(now: now)
      locked.open(hasCome: true, now: now, random: 0)
      return now
    }
    #expect(again.first.map { $0 <= 6100 } == true)
    // Nobody has lost two workers any more.
    _ = absent.expect(false, now: Self.at(10_000_000), delay: .zero)
    let fresh = Self.pauses(1, of: absent) { _ in
      absent.close(now: Self.at(20_000_000))
      #expect(absent.report(0, isQuiet: true) == false)
      absent.open(hasCome: false, now: Self.at(20_000_000), random: 0)
      return Self.at(20_000_000)
    }
    #expect(fresh == [200])
  }
}
