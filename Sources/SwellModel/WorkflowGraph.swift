/// How the nodes of a workflow hang together: worked out once, read by every plan.
public struct WorkflowGraph: Sendable, Hashable {
  /// For each node, those that need it, in the order of their indices.
  public let dependents: [[Int]]
  /// For each node, those whose control edges lead to it.
  public let gates: [[Int]]
  /// Ordinary nodes that wait for no other: what a run starts with.
  public let roots: [Int]
  /// Ordinary nodes that nobody needs and that lead to no other: their outputs are the run's.
  public let leaves: [Int]
  /// For each node that is a fallback, the node that it stands in for.
  public let primary: [Int?]
  public let isFallback: [Bool]
  public let isErrorHandler: [Bool]

  public init(_ workflow: Workflow) {
    let nodes = workflow.nodes
    var dependents: [[Int]] = nodes.map { _ in [] }
    var gates: [[Int]] = nodes.map { _ in [] }
    var primary: [Int?] = nodes.map { _ in nil }
    var isErrorHandler = nodes.map { _ in false }
    for (index, node) in nodes.enumerated() {
      for need in node.needs where nodes.indices.contains(need) { dependents[need].append(index) }
      for target in node.controlTargets
      where nodes.indices.contains(target) && gates[target].last != index {
        gates[target].append(index)
      }
      if let fallback = node.fallback, nodes.indices.contains(fallback) {
        primary[fallback] = index
      }
    }
    for index in workflow.onError where nodes.indices.contains(index) {
      isErrorHandler[index] = true
    }
    let isOrdinary = nodes.indices.map { primary[$0] == nil && !isErrorHandler[$0] }
    self.dependents = dependents
    self.gates = gates
    self.primary = primary
    self.isErrorHandler = isErrorHandler
    isFallback = primary.map { $0 != nil }
    roots = nodes.indices.filter { isOrdinary[$0] && nodes[$0].needs.isEmpty && gates[$0].isEmpty }
    leaves = nodes.indices.filter {
      isOrdinary[$0] && dependents[$0].isEmpty && nodes[$0].controlTargets.isEmpty
    }
  }
}
