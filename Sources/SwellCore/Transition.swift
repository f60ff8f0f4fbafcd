/// What becomes of a run: the last word of `settle`, and what `record` makes true.
public enum Transition: Sendable {
  /// The worker keeps it: something is in flight or about to start.
  case goOn
  /// Any worker that has the kinds may go on at the moment; nil is now.
  case giveBack(due: Moment?, kinds: [String])
  case end(RunEnd)
}
