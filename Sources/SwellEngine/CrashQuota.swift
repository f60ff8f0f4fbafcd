import SwellCore

/// How many runs that have lost one worker, or two, a claim may bring. One of the former may be what kills: one of the
/// latter would lose its last worker over it, so they are not taken beside each other in their first moments.
struct CrashQuota {
  /// Since when those that have lost two workers had no turn.
  private var blockedSince: Moment?

  /// After that those that have lost one wait for them.
  static let patience = Duration.seconds(60)

  mutating func next(
    held: some Sequence<HeldRun>, incoming: some Sequence<Int>, now: Moment
  ) -> (once: Int, twice: Int) {
    var once = CrashBudget.atOnceAfterOne
    var twice = CrashBudget.atOnceAfterTwo
    var hasNewOnes = false
    var hasNewTwos = false
    func count(_ crashes: Int, isNew: Bool) {
      if crashes == 1 {
        once -= 1
        if isNew { hasNewOnes = true }
      } else if crashes == 2 {
        twice -= 1
        if isNew { hasNewTwos = true }
      }
    }
    for crashes in incoming { count(crashes, isNew: true) }
    for run in held { count(run.crashes, isNew: now < run.claimed + CrashBudget.apart) }
    if twice <= 0 {
      // Nobody waits for a turn that is taken.
      blockedSince = nil
    } else if hasNewOnes, blockedSince == nil {
      blockedSince = now
    }
    let mustYield = blockedSince.map { now > $0 + Self.patience } ?? false
    return (hasNewTwos || mustYield ? 0 : max(0, once), hasNewOnes ? 0 : max(0, twice))
  }

  /// A claim that had asked for both brings one sort only, first of those that have lost one.
  mutating func came(ones: Bool, askedForTwos: Bool, now: Moment) {
    guard askedForTwos else { return }
    blockedSince = ones ? blockedSince ?? now : nil
  }
}
