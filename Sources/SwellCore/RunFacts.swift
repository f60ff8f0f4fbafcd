/// What a run's expressions see as `run`.
public struct RunFacts: Sendable, Hashable {
  public var id: String
  public var workflow: String
  public var version: Int
  public var queue: String
  /// How many runs stand above this one, each the parent of the next.
  public var depth: Int

  public init(
    id: String = "", workflow: String = "", version: Int = 0, queue: String = "", depth: Int = 0
  ) {
    self.id = id
    self.workflow = workflow
    self.version = version
    self.queue = queue
    self.depth = depth
  }
}
