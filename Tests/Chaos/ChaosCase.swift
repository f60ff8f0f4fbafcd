/// One way to break Swell, with the load that it is broken under.
public struct ChaosCase: Sendable {
  /// What `swell-chaos` calls it, in snake case.
  public let name: String
  /// One sentence: what happens, and what has to hold.
  public let summary: String
  /// How long it may take from its first enqueue to the end of its last run.
  public let limit: Duration
  /// Whether it is short enough for `scripts/test`.
  public let isInSample: Bool
  /// Settings of its server, over those of `ChaosScene.settings`.
  let settings: [String: String]
  let disk: ChaosDisk
  /// Breaks things and returns when it has; waiting for the end and the verdict come after it.
  let body: @Sendable (ChaosScene) async throws -> Void

  init(
    _ name: String, _ summary: String, limit: Duration = .seconds(60), isInSample: Bool = false,
    settings: [String: String] = [:], disk: ChaosDisk = .folder,
    _ body: @escaping @Sendable (ChaosScene) async throws -> Void
  ) {
    self.name = name
    self.summary = summary
    self.limit = limit
    self.isInSample = isInSample
    self.settings = settings
    self.disk = disk
    self.body = body
  }
}
