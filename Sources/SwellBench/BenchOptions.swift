/// How much is measured.
public struct BenchOptions: Sendable {
  /// How long a case is to take, roughly.
  public var seconds: Double
  /// With how many worker processes the throughput is measured, one figure each.
  public var workers: [Int]
  /// How many recorders each worker process has; nil is the default.
  public var recorders: Int?
  /// How many runs each worker process holds at a time; nil is the default.
  public var concurrency: Int?
  /// How many rows stand behind a claim.
  public var rows: Int
  /// How long the snapshot is held, in seconds.
  public var hold: Double

  public init(
    seconds: Double = 5, workers: [Int] = [1], recorders: Int? = nil, concurrency: Int? = nil,
    rows: Int = 1_000_000,
    hold: Double = 30
  ) {
    self.seconds = seconds
    self.workers = workers
    self.recorders = recorders
    self.concurrency = concurrency
    self.rows = rows
    self.hold = hold
  }
}
