import Synchronization

/// A bounded number of permits that tasks wait for in turn.
final class Permits: Sendable {
  private struct State {
    var free: Int
    var waiters: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    var cancelled: Set<UInt64> = []
    var next: UInt64 = 0
  }

  private let state: Mutex<State>

  init(_ count: Int) {
    state = Mutex(State(free: max(1, count)))
  }

  /// Waits for a permit. Returns false, without one, when the task is cancelled meanwhile.
  func acquire() async -> Bool {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = state.withLock { state in
          if state.cancelled.remove(id) != nil { return false }
          if state.free > 0 {
            state.free -= 1
            return true
          }
          state.waiters.append((id: id, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
        if let place = state.waiters.firstIndex(where: { $0.id == id }) {
          return state.waiters.remove(at: place).continuation
        }
        state.cancelled.insert(id)
        return nil
      }
      waiter?.resume(returning: false)
    }
  }

  func release() {
    let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
      if state.waiters.isEmpty {
        state.free += 1
        return nil
      }
      return state.waiters.removeFirst().continuation
    }
    waiter?.resume(returning: true)
  }
}
