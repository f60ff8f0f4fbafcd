/// What a run's expressions see as `run`.
public struct RunFacts: Sendable, Hashable {
  public var id: String
  public var workflow: String
  public var version: Int
  public var queue: String

  public init(id: String = "", workflow: String = "", version: Int = 0, queue: String = "") {
    self.id = id
    self.workflow = workflow
    self.version = version
    self.queue = queue
  }
}
