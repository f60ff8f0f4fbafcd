import SwellModel
import Testing

@testable import SwellEngine

/// When a recorder that found nothing looks again.
@Suite struct LookPaceTests {
  @Test func `looks that find nothing become rare, and begin anew with something found`() {
    var looks = LookPace(isFirst: true)
    let waits = (0..<12).map { _ in looks.foundNothing() }
    #expect(waits.prefix(3) == [.milliseconds(2), .milliseconds(4), .milliseconds(8)])
    #expect(looks.foundNothing() == .seconds(1))
    #expect(looks.isIdle)
    looks.found()
    #expect(!looks.isIdle)
    #expect(looks.foundNothing() == .milliseconds(2))
    #expect(
      (0..<3).map { _ in
        _ = looks.foundNothing(); return looks.isIdle
      } == [false, true, true])
  }

  /// Idle workers of one fleet that began together would otherwise meet each second, and look six
  /// times more after each meeting.
  @Test func `whoever was passed over looks again soon, and afterwards as rarely as before`() {
    var looks = LookPace(isFirst: true)
    for _ in 0..<12 { _ = looks.foundNothing() }
    let waits = (0..<6).map { _ in looks.passedOver(byWorker: true, isFirstWaiting: true) }
    #expect(waits == [2, 4, 8, 16, 32, 32].map { Duration.milliseconds($0) })
    #expect(looks.foundNothing() == .seconds(1))
    #expect(looks.passedOver(byWorker: true, isFirstWaiting: true) == .milliseconds(2))
  }

  @Test func `being passed over alone makes no worker idle`() {
    var looks = LookPace(isFirst: true)
    for _ in 0..<8 { _ = looks.passedOver(byWorker: true, isFirstWaiting: true) }
    #expect(!looks.isIdle)
  }

  private func meet(_ looks: inout LookPace, byWorker: Bool = true, firstWaits: Bool = true)
    -> Int64
  {
    looks.passedOver(byWorker: byWorker, isFirstWaiting: firstWaits).microseconds / 1000
  }

  @Test func `a second recorder leaves lanes to other workers that claim most of the time`() {
    var looks = LookPace(isFirst: false)
    #expect((0..<6).map { _ in meet(&looks) } == [4, 16, 64, 256, 512, 512])
    // That somebody says that there is something changes nothing.
    looks.told()
    #expect(meet(&looks) == 512)
    // A turn now and then changes little, and more than two for each meeting all.
    looks.found()
    #expect(meet(&looks) == 512)
    let waits = (0..<10).map { _ in
      for _ in 0..<3 { looks.found() }
      return meet(&looks)
    }
    #expect(waits.last == 4)
    for _ in 0..<4 { _ = meet(&looks) }
    // Who got its turn and found nothing met nobody.
    _ = looks.foundNothing()
    #expect(meet(&looks) == 4)
  }

  @Test func `a second recorder comes back soon to one of its own worker`() {
    var looks = LookPace(isFirst: false)
    let waits = (0..<6).map { _ in meet(&looks, byWorker: false) }
    #expect(waits == [2, 4, 8, 16, 32, 32])
    for _ in 0..<4 { _ = meet(&looks) }
    #expect(meet(&looks, byWorker: false) == 512)
  }

  /// What a worker may hold is there to be used.
  @Test func `a second recorder looks like the first one once that one holds all it may`() {
    var looks = LookPace(isFirst: false)
    for _ in 0..<6 { _ = meet(&looks) }
    #expect((0..<3).map { _ in meet(&looks, firstWaits: false) } == [32, 32, 32])
    var fresh = LookPace(isFirst: false)
    #expect((0..<6).map { _ in meet(&fresh, firstWaits: false) } == [2, 4, 8, 16, 32, 32])
  }
}
