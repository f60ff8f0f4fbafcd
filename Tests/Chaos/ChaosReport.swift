/// How one case ended.
public struct ChaosReport: Sendable {
  public var name: String
  public var seed: UInt64
  public var lost = 0
  public var doubled = 0
  public var stranded = 0
  /// The longest time from a fault to work that only could happen after it; nil when the case has
  /// no fault that this could be told of.
  public var resumedMilliseconds: Double?
  public var seconds = 0.0
  public var runs = 0
  /// Why it could not run here.
  public var skipped: String?
  /// What was wrong, in words, the first of each kind.
  public var findings: [String] = []
  public var figures: [String: Double] = [:]
  /// Where the logs are, when it failed.
  public var folder: String?

  public var isGood: Bool { findings.isEmpty }

  init(name: String, seed: UInt64) {
    self.name = name
    self.seed = seed
  }
}
