extension Workflow {
  /// All kinds that its nodes use, each once, sorted.
  public var kinds: [String] {
    Set(nodes.compactMap(\.requiredKind)).sorted()
  }

  /// The kinds of the nodes that a run starts with, each once, sorted. Items that are runs of their
  /// own ask for theirs themselves.
  public var firstKinds: [String] {
    let roots = WorkflowGraph(self).roots.lazy.map { nodes[$0] }
    return Set(roots.filter { !$0.isSpread }.compactMap(\.requiredKind)).sorted()
  }
}
