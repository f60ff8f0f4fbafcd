import SwellCore
import Synchronization

/// Keeps a run that has lost two workers alone with the next one: what kills beside it would take its last worker.
///
/// While it is closed no recorder of the worker claims. Once none of them holds anything that was claimed lately (what
/// kills does so soon), the first one claims such a run, and nothing follows until that run has ended, or has had its
/// first moments. What takes too long opens it again, and it stays open for at least as long as it was closed.
final class Quarantine: Sendable {
  private enum Phase: Equatable {
    case open
    /// For what was claimed lately, until a moment at the latest.
    case closing(until: Moment)
    /// A claim is on its way. Whoever has sent it says how it ended.
    case asking
    /// For the run that came, until a moment at the latest.
    case alone(until: Moment)
  }

  private struct State {
    var phase = Phase.open
    var closed = Moment(microseconds: 0)
    /// The recorders that hold nothing young and will claim nothing more.
    var quiet: Set<Int> = []
    /// When it closes for what is due.
    var awaited: Moment?
    /// It does not close before it.
    var notBefore = Moment(microseconds: .min)
    /// How often in a row nobody came.
    var failures = 0

    mutating func open(now: Moment, random: Double) {
      phase = .open
      quiet = []
      awaited = nil
      let time = max(now.microseconds(since: closed), Quarantine.leastOpen)
      let pause = Double(time << min(failures, 10)) * (1 + random)
      notBefore = now.advanced(byMicroseconds: Int64(min(pause, Quarantine.mostOpen)))
    }

    /// Whether it is closed; what took too long is over.
    mutating func isClosed(now: Moment) -> Bool {
      switch phase {
      case .open: return false
      case .asking: return true
      case .closing(let until):
        if now < until { return true }
        failures += 1
      case .alone(let until):
        if now < until { return true }
      }
      open(now: now, random: 1)
      return false
    }
  }

  private let recorders: Int
  private let state = Mutex(State())

  /// How long what was claimed lately is waited for: until it is old, and a little for a turn of each recorder.
  private static let patience = CrashBudget.alone + .seconds(10)
  /// How long it is open, in microseconds. A row that somebody has locked may be due for hours, and a recorder without a
  /// connection never says that it is quiet.
  private static let leastOpen = Int64(100_000)
  private static let mostOpen = 300_000_000.0

  init(recorders: Int) {
    self.recorders = recorders
  }

  func isClosed(now: Moment) -> Bool {
    state.withLock { $0.isClosed(now: now) }
  }

  /// A claim has seen that a run is due that has lost two workers, or that none is: then nobody needs to wait for one.
  ///
  /// - Parameter delay: how much later it closes than the run is due. Workers that see it at the same time do not all close
  ///   for it, and those that have nothing to wait for come first.
  /// - Returns: when it closes for that, if that is yet to come.
  func expect(_ isDue: Bool, now: Moment, delay: Duration) -> Moment? {
    state.withLock { state in
      guard isDue else {
        state.awaited = nil
        state.failures = 0
        if case .closing = state.phase { state.open(now: now, random: 0) }
        return nil
      }
      guard !state.isClosed(now: now) else { return nil }
      let moment = state.awaited ?? max(now + delay, state.notBefore)
      state.awaited = moment
      return moment > now ? moment : nil
    }
  }

  /// Whether what was claimed lately is waited for.
  func isClosing(now: Moment) -> Bool {
    state.withLock { state in
      guard state.isClosed(now: now), case .closing = state.phase else { return false }
      return true
    }
  }

  /// Whether it is to close now.
  func isDue(now: Moment) -> Bool {
    state.withLock { state in
      !state.isClosed(now: now) && state.awaited.map { $0 <= now } ?? false
    }
  }

  /// Closes, and waits for the recorders.
  func close(now: Moment) {
    state.withLock { state in
      state.phase = .closing(until: now + Self.patience)
      state.closed = now
    }
  }

  /// A recorder says that it claims nothing while this is closed, and whether what it holds is old.
  ///
  /// - Returns: whether that is so of all of them, and nobody has asked for a run yet.
  func report(_ recorder: Int, isQuiet: Bool) -> Bool {
    state.withLock { state in
      guard case .closing = state.phase else { return false }
      if isQuiet { state.quiet.insert(recorder) }
      return state.quiet.count == recorders
    }
  }

  /// A claim leaves for a run that is to be alone.
  func ask() {
    state.withLock { $0.phase = .asking }
  }

  /// The run has come, and its first moments begin.
  func came(now: Moment) {
    state.withLock { state in
      state.phase = .alone(until: now + CrashBudget.alone)
      state.failures = 0
    }
  }

  /// The run that was alone has ended, or none has come.
  ///
  /// - Parameter pause: how long it stays open at least.
  func open(hasCome: Bool, pause: Duration = .zero, now: Moment, random: Double) {
    state.withLock { state in
      if !hasCome { state.failures += 1 }
      state.open(now: now, random: random)
      state.notBefore = max(state.notBefore, now + pause)
    }
  }
}
