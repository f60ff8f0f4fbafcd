/// Names one scheduled call of ``Reactor/schedule(after:_:)``, to cancel it.
public struct TimerToken: Sendable, Hashable {
  let id: UInt64
}
