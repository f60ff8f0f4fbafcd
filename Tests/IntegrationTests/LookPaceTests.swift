import Testing

@testable import SwellEngine

/// When a recorder that found nothing looks again.
@Suite struct LookPaceTests {
  @Test func `looks that find nothing become rare, and begin anew with something found`() {
    var looks = LookPace()
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
    var looks = LookPace()
    for _ in 0..<12 { _ = looks.foundNothing() }
    let waits = (0..<6).map { _ in looks.passedOver() }
    #expect(waits == [2, 4, 8, 16, 32, 32].map { Duration.milliseconds($0) })
    #expect(looks.foundNothing() == .seconds(1))
    #expect(looks.passedOver() == .milliseconds(2))
  }

  @Test func `being passed over alone makes no worker idle`() {
    var looks = LookPace()
    for _ in 0..<8 { _ = looks.passedOver() }
    #expect(!looks.isIdle)
  }
}
