public import SwellModel

/// A workflow with everything that planning looks up, worked out once per version.
public final class CompiledWorkflow: Sendable {
  public let workflow: Workflow
  public let version: Int
  /// For each node, the nodes that have it among their needs.
  public let dependents: [[Int]]
  /// For each node, those whose control edges lead to it.
  public let gates: [[Int]]
  public let isFallback: [Bool]
  public let isErrorHandler: [Bool]
  /// For each fallback, the node that it stands in for.
  public let primary: [Int?]
  /// The nodes whose outputs make up the run's output.
  public let leaves: [Int]
  /// How many ordinary nodes must end before the run has succeeded.
  public let ordinaryCount: Int
  /// The nodes, to be referred to.
  let references: [NodeReference]
  /// For each node, its expressions; nil where it has none.
  let expressions: [NodeExpressions?]
  /// Whether it is the one node of a map with `spread`, executed for one item.
  public let isPart: Bool
  /// Whether nodes are executed by runs of their own.
  public let hasChildren: Bool
  /// Of nodes with `spread`, what goes along with each item.
  let itemReads: [Int: ItemReads]
  /// Whether any node has expressions: who has none needs nothing that they see.
  public let hasExpressions: Bool
  private let indices: [String: Int]

  /// - Parameter isPart: whether the workflow was made by `Workflow.part(of:)`.
  public init(_ workflow: Workflow, version: Int, isPart: Bool = false) {
    self.workflow = workflow
    self.version = version
    self.isPart = isPart
    let nodes = workflow.nodes
    let graph = WorkflowGraph(workflow)
    dependents = graph.dependents
    gates = graph.gates
    isFallback = graph.isFallback
    isErrorHandler = graph.isErrorHandler
    primary = graph.primary
    leaves = graph.leaves
    ordinaryCount = nodes.indices.count { !graph.isFallback[$0] && !graph.isErrorHandler[$0] }
    indices = Dictionary(
      nodes.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    references = nodes.map(NodeReference.init)
    expressions = nodes.indices.map { index in
      NodeExpressions(
        nodes[index], isFallback: graph.isFallback[index],
        isErrorHandler: graph.isErrorHandler[index], isItem: isPart)
    }
    hasExpressions = expressions.contains { $0 != nil }
    hasChildren = nodes.contains { $0.isCall || $0.isSpread }
    let compiled = expressions
    itemReads = Dictionary(
      uniqueKeysWithValues: nodes.indices.filter { nodes[$0].isSpread && !nodes[$0].isCall }
        .map { ($0, ItemReads(compiled[$0])) })
  }

  public func index(of id: String) -> Int? {
    indices[id]
  }
}
