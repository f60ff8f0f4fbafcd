/// The circuits that have failures, as the last claim or record returned them.
public struct CircuitBoard: Sendable {
  /// For each circuit with failures, until when it is open; nil while it is not.
  public var failing: [String: Moment?]

  public init(failing: [String: Moment?] = [:]) {
    self.failing = failing
  }

  public enum Position: Sendable, Equatable {
    case closed
    case open(until: Moment)
    /// Its time has passed: one caller may try.
    case halfOpen
  }

  public func position(of circuit: String, now: Moment) -> Position {
    guard let entry = failing[circuit], let until = entry else { return .closed }
    return until > now ? .open(until: until) : .halfOpen
  }

  public func isFailing(_ circuit: String) -> Bool {
    failing[circuit] != nil
  }
}
