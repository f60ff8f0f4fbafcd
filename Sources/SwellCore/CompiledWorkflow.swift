public import SwellModel

/// A workflow with everything that planning looks up, worked out once per version.
public final class CompiledWorkflow: Sendable {
  public let workflow: Workflow
  public let version: Int
  /// For each node, the nodes that have it among their needs.
  public let dependents: [[Int]]
  public let isFallback: [Bool]
  public let isErrorHandler: [Bool]
  /// For each fallback, the node that it stands in for.
  public let primary: [Int?]
  /// The nodes whose outputs make up the run's output: ordinary ones that nobody needs.
  public let leaves: [Int]
  /// How many ordinary nodes must end before the run has succeeded.
  public let ordinaryCount: Int
  private let indices: [String: Int]

  public init(_ workflow: Workflow, version: Int) {
    self.workflow = workflow
    self.version = version
    let nodes = workflow.nodes
    var dependents = [[Int]](repeating: [], count: nodes.count)
    var isFallback = [Bool](repeating: false, count: nodes.count)
    var isErrorHandler = [Bool](repeating: false, count: nodes.count)
    var primary = [Int?](repeating: nil, count: nodes.count)
    var indices: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      indices[node.id] = index
      for need in node.needs { dependents[need].append(index) }
      if let fallback = node.fallback {
        isFallback[fallback] = true
        primary[fallback] = index
      }
    }
    for index in workflow.onError { isErrorHandler[index] = true }
    self.dependents = dependents
    self.isFallback = isFallback
    self.isErrorHandler = isErrorHandler
    self.primary = primary
    self.indices = indices
    self.ordinaryCount = nodes.indices.count { !isFallback[$0] && !isErrorHandler[$0] }
    self.leaves = nodes.indices.filter {
      !isFallback[$0] && !isErrorHandler[$0] && dependents[$0].isEmpty
    }
  }

  public func index(of id: String) -> Int? {
    indices[id]
  }
}
