extension Workflow {
  /// All kinds that its nodes use, each once, sorted.
  public var kinds: [String] {
    Set(nodes.map(\.kind)).sorted()
  }

  /// The kinds of the nodes that a run starts with, each once, sorted.
  public var firstKinds: [String] {
    Set(WorkflowGraph(self).roots.map { nodes[$0].kind }).sorted()
  }
}
