/// How long a recorder waits before it looks for runs again.
struct LookPace: Hashable {
  private static let first = Duration.milliseconds(1)
  /// Enqueuers that saw nobody idle are found by then.
  private static let longest = Duration.seconds(1)
  /// A turn takes some milliseconds, and there may be many of them.
  private static let longestTurn = Duration.milliseconds(32)
  private static let longestTurnOfOthers = Duration.milliseconds(512)
  /// From this pause on, a worker that holds runs counts as idle as well.
  private static let idleFrom = Duration.milliseconds(8)

  private var idlePause = first
  private var turnPause = first
  private let isFirst: Bool

  /// - Parameter isFirst: whether it is the first recorder of its worker. While that one waits for its
  ///   turn, the others look rarely where other workers claim for more than a third of the time,
  ///   which their growing pauses find out: four times as long after each meeting, half as long
  ///   after each turn.
  init(isFirst: Bool) {
    self.isFirst = isFirst
  }

  /// Whether several looks have found nothing.
  var isIdle: Bool { idlePause >= Self.idleFrom }

  /// Somebody says that there is something: looks begin anew.
  mutating func told() {
    idlePause = Self.first
    if isFirst { turnPause = Self.first }
  }

  /// Something was found. That one turn came says little of the next one.
  mutating func found() {
    idlePause = Self.first
    turnPause = isFirst ? Self.first : max(Self.first, turnPause / 2)
  }

  /// Nothing was due: look again soon, then less and less often.
  mutating func foundNothing() -> Duration {
    turnPause = Self.first
    idlePause = min(idlePause * 2, Self.longest)
    return idlePause
  }

  /// Others were claiming, and still may be. It says nothing of how rare looks may be: idle workers
  /// whose looks meet would begin anew each second.
  ///
  /// - Parameters:
  ///   - byWorker: whether that was another worker.
  ///   - isFirstWaiting: whether the first recorder waits for its turn, too.
  mutating func passedOver(byWorker: Bool, isFirstWaiting: Bool) -> Duration {
    if isFirst || !isFirstWaiting {
      turnPause = min(turnPause * 2, Self.longestTurn)
    } else if byWorker {
      turnPause = min(turnPause * 4, Self.longestTurnOfOthers)
    } else {
      turnPause = max(turnPause, min(turnPause * 2, Self.longestTurn))
    }
    return turnPause
  }
}
