import SwellCore

/// How far down the next claim looks, and what the last one leaves to the next.
///
/// The bounds are raised to what was claimed last. A row that was committed late lies below them: one
/// whose enqueuer says so is found by a look a second back, all others by a look everywhere.
struct LookReach: Hashable {
  private static let shortestPause = Duration.milliseconds(100)
  private static let pause = Duration.seconds(1)
  private static let longestPause = Duration.seconds(10)

  /// When everything is looked at again; only a claim that had room has done so.
  private(set) var nextEverywhere = Moment(microseconds: .min)
  /// Before that another such look would take more than a twentieth of the time, or is too soon.
  private var mayLookEverywhere = Moment(microseconds: .min)
  /// What the last look everywhere took.
  private var lastTook: Duration?
  /// Somebody said at its commit that something is due.
  private var isNotified = false
  /// Whether the claim in flight looks back; where it is passed over, the next one has to.
  private var isLookingBack = false

  /// Something is due in a lane that each look searches.
  mutating func notified() { isNotified = true }

  /// Something may be due anywhere.
  mutating func mustLookEverywhere() { nextEverywhere = Moment(microseconds: .min) }

  /// Something was found where nothing had been: the others of many lanes may have more.
  mutating func surprised() { nextEverywhere = min(nextEverywhere, mayLookEverywhere) }

  /// How far the claim looks that leaves now.
  mutating func depart(now: Moment) -> LaneBook.Look {
    let look: LaneBook.Look = nextEverywhere <= now ? .everywhere : isNotified ? .back : .near
    isLookingBack = isNotified
    isNotified = false
    return look
  }

  /// A look everywhere came back, which took so long, be it for runs or for lanes and signals alone.
  ///
  /// While somebody holds a snapshot such a look meets every dead entry: it takes no more than a
  /// twentieth of the time. One that was slow alone, as when the machine or the disk paused, says
  /// nothing of the next: of two in a row the faster one counts. Returns the pause until the next.
  ///
  /// - Parameter forRuns: whether it was for runs; one for lanes and signals alone sees fewer rows, and
  ///   says nothing of how long the others take.
  mutating func sawEverything(took: Duration, forRuns: Bool = true, now: Moment) -> Duration {
    let rest = min(took, lastTook ?? took) * 20
    if forRuns { lastTook = took }
    let pause = max(Self.pause, min(Self.longestPause, rest))
    mayLookEverywhere = now + max(Self.shortestPause, min(pause, rest))
    return pause
  }

  /// A claim of runs came back.
  ///
  /// - Parameters:
  ///   - isPassedOver: whether others were claiming from one of the lanes.
  ///   - pause: until the next look everywhere; nil after any other claim.
  mutating func came(isPassedOver: Bool, pause: Duration?, now: Moment) {
    if let pause { nextEverywhere = now + pause }
    // A second back at least, if this look was to go to the beginning.
    if isPassedOver, isLookingBack || pause != nil { isNotified = true }
  }
}
