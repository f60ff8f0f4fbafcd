/// How long a recorder waits before it looks for runs again.
struct LookPace: Hashable {
  private static let first = Duration.milliseconds(1)
  /// Enqueuers that saw nobody idle are found by then.
  private static let longest = Duration.seconds(1)
  /// A turn takes some milliseconds, and there may be many of them.
  private static let longestTurn = Duration.milliseconds(32)
  /// From this pause on, a worker that holds runs counts as idle as well.
  private static let idleFrom = Duration.milliseconds(8)

  private var idlePause = first
  private var turnPause = first

  /// Whether several looks have found nothing.
  var isIdle: Bool { idlePause >= Self.idleFrom }

  /// Something was found, or somebody says that there is something: looks begin anew.
  mutating func found() {
    self = LookPace()
  }

  /// Nothing was due: look again soon, then less and less often.
  mutating func foundNothing() -> Duration {
    turnPause = Self.first
    idlePause = min(idlePause * 2, Self.longest)
    return idlePause
  }

  /// Others were claiming, and still may be. It says nothing of how rare looks may be: idle workers whose looks meet
  /// would begin anew each second.
  mutating func passedOver() -> Duration {
    turnPause = min(turnPause * 2, Self.longestTurn)
    return turnPause
  }
}
