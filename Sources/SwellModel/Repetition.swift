/// How a node repeats itself within one run.
public enum Repetition: Sendable, Hashable {
  /// Once for each element of a list, several at a time.
  case map(Map)
  /// One after the other, until a condition ends it.
  case loop(Loop)

  public struct Map: Sendable, Hashable {
    /// An expression in `${{ }}` that gives a list.
    public var over: String
    /// How many items are in flight at a time.
    public var concurrency: Int
    public var onItemFailure: OnItemFailure
    /// Whether each item is a run of its own, so that all workers share them.
    public var isSpread: Bool

    public init(
      over: String, concurrency: Int, onItemFailure: OnItemFailure, isSpread: Bool = false
    ) {
      self.over = over
      self.concurrency = concurrency
      self.onItemFailure = onItemFailure
      self.isSpread = isSpread
    }
  }

  /// What becomes of a map when one of its items has failed for good.
  public enum OnItemFailure: String, Sendable, Hashable, CaseIterable {
    /// The node fails with that error; what has not been started is not.
    case fail
    /// The item is left out of the output.
    case skip
    /// The output has `{"error": …}` in its place.
    case collect
  }

  public struct Loop: Sendable, Hashable {
    /// An expression that is looked at before each iteration.
    public var whileTrue: String?
    /// An expression that is looked at after each iteration.
    public var until: String?
    /// The most iterations; one more is needed, and the node fails.
    public var maxIterations: Int
    /// How long it waits between two.
    public var delay: Duration?

    public init(whileTrue: String?, until: String?, maxIterations: Int, delay: Duration?) {
      self.whileTrue = whileTrue
      self.until = until
      self.maxIterations = maxIterations
      self.delay = delay
    }
  }
}
