extension Workflow {
  /// All kinds that its nodes use, each once, sorted.
  public var kinds: [String] {
    Set(nodes.compactMap(\.requiredKind)).sorted()
  }

  /// The kinds of the nodes that a run starts with, each once, sorted.
  public var firstKinds: [String] {
    Set(WorkflowGraph(self).roots.compactMap { nodes[$0].requiredKind }).sorted()
  }
}
