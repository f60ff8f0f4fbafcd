import Synchronization

/// An answer that one task waits for and another one gives, once.
///
/// Either it is given and the waiter gets it, or the waiter's task is cancelled first and whoever gives it
/// learns that: nobody believes in an answer that did not arrive.
final class Answer<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value?, Never>)
    case given(Value)
    case over
  }

  private let state = Mutex(State.open)

  /// False when nobody waits any more.
  @discardableResult
  func give(_ value: Value) -> Bool {
    let (isTaken, waiter) = state.withLock { state -> (Bool, CheckedContinuation<Value?, Never>?) in
      switch state {
      case .open:
        state = .given(value)
        return (true, nil)
      case .awaited(let waiter):
        state = .over
        return (true, waiter)
      case .given, .over: return (false, nil)
      }
    }
    waiter?.resume(returning: value)
    return isTaken
  }

  /// Waits for it; nil when the task is cancelled first.
  func value() async -> Value? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state -> Value?? in
          switch state {
          case .open:
            state = .awaited(continuation)
            return .none
          case .given(let value):
            state = .over
            return .some(value)
          case .awaited, .over: return .some(nil)
          }
        }
        if let value = isOver { continuation.resume(returning: value) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
        switch state {
        case .open:
          state = .over
          return nil
        case .awaited(let waiter):
          state = .over
          return waiter
        case .given, .over: return nil
        }
      }
      waiter?.resume(returning: nil)
    }
  }
}
