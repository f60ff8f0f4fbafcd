import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The group of a running program, to be signalled only while its number is certainly its own.
///
///     waiting --started--> running(pid) --ended--> ended
///        +--terminate: remembered, and done at once when it has started
final class ProcessGroup: Sendable {
  private let grace: Duration
  private let state = Mutex(State())

  init(grace: Duration) {
    self.grace = grace
  }

  var wasCancelled: Bool { state.withLock { $0.isCancelled } }

  /// The program runs, and leads the group `leader`.
  func started(_ leader: pid_t) {
    let isCancelled = state.withLock { state in
      state.leader = leader
      return state.isCancelled
    }
    if isCancelled { terminate() }
  }

  /// The leader is about to be reaped: nothing is signalled any more.
  func ended() {
    state.withLock { $0.leader = nil }
  }

  /// Asks the group to end, and kills it when the grace is over.
  func terminate() {
    let isRunning = state.withLock { state in
      state.isCancelled = true
      return state.signal(SIGTERM)
    }
    guard isRunning else { return }
    // Outlives the caller on purpose: a cancellation handler cannot wait. It ends with the
    // grace, and signals nobody when the program has ended before.
    Task.detached { [grace] in
      try? await Task.sleep(for: grace)
      self.kill()
    }
  }

  /// Kills the group.
  func kill() {
    state.withLock { _ = $0.signal(SIGKILL) }
  }

  private struct State {
    var leader: pid_t?
    var isCancelled = false

    /// Whether there was a group to signal.
    func signal(_ number: CInt) -> Bool {
      guard let leader else { return false }
      // A stopped process would keep SIGTERM for later.
      _ = killpg(leader, number)
      if number == SIGTERM { _ = killpg(leader, SIGCONT) }
      return true
    }
  }
}
