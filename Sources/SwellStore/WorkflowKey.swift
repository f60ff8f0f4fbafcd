/// One version of one workflow.
public struct WorkflowKey: Sendable, Hashable {
  public var name: String
  public var version: Int

  public init(name: String, version: Int) {
    self.name = name
    self.version = version
  }
}
