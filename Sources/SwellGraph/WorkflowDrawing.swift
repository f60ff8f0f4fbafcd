public import SwellModel

/// A workflow as it is drawn: nodes with what is said of them, and the edges between them.
public struct WorkflowDrawing: Sendable {
  /// The name of the workflow.
  public let name: String
  /// What holds for the whole, such as `queue orders`.
  public let facts: [String]
  /// In the order of their ids.
  public let nodes: [DrawnNode]
  public let edges: [DrawnEdge]

  /// - Parameter states: by id, the states of a run's nodes, as `swell.run_nodes` names them.
  public init(_ workflow: Workflow, states: [String: String] = [:]) {
    let graph = WorkflowGraph(workflow)
    let edges = Self.edges(of: workflow, graph)
    let waves = Self.waves(of: workflow, edges)
    name = workflow.name
    var facts = ["\(workflow.nodes.count) node\(workflow.nodes.count == 1 ? "" : "s")"]
    if workflow.queue != "default" { facts.append("queue \(workflow.queue)") }
    if let deadline = workflow.deadline { facts.append("deadline \(deadline.text)") }
    self.facts = facts
    nodes = workflow.nodes.enumerated().map { index, node in
      DrawnNode(
        node, isFallback: graph.isFallback[index], isErrorHandler: graph.handles(index),
        wave: waves[index], state: states[node.id])
    }
    self.edges = edges
  }

  private static func edges(of workflow: Workflow, _ graph: WorkflowGraph) -> [DrawnEdge] {
    var edges: [DrawnEdge] = []
    for (index, node) in workflow.nodes.enumerated() {
      for need in node.needs where workflow.nodes.indices.contains(need) {
        edges.append(DrawnEdge(from: need, to: index, kind: .data, label: nil))
      }
      edges += controlEdges(from: index, node).filter { workflow.nodes.indices.contains($0.to) }
      if let fallback = node.fallback, workflow.nodes.indices.contains(fallback) {
        edges.append(DrawnEdge(from: index, to: fallback, kind: .fallback, label: nil))
      }
      if graph.isErrorHandler[index], node.needs.isEmpty, graph.gates[index].isEmpty {
        edges.append(DrawnEdge(from: nil, to: index, kind: .onError, label: nil))
      }
    }
    return edges
  }

  /// One for each node that it leads to, however many arms do.
  private static func controlEdges(from index: Int, _ node: Node) -> [DrawnEdge] {
    var arms: [(label: String, then: [Int])] = []
    if case .branch(let written) = node.control {
      arms = written.map { ($0.when.map(DrawnText.expression) ?? "otherwise", $0.then) }
    } else {
      arms = [("then", node.then), ("otherwise", node.otherwise)]
    }
    var edges: [DrawnEdge] = []
    var place: [Int: Int] = [:]
    for arm in arms {
      for target in arm.then {
        if let known = place[target] {
          edges[known].label = edges[known].label.map { $0 + " or " + arm.label }
        } else {
          place[target] = edges.count
          edges.append(DrawnEdge(from: index, to: target, kind: .control, label: arm.label))
        }
      }
    }
    return edges
  }

  /// The wave in which each node can be at the earliest: the longest way that leads to it. Those of
  /// `onError` are counted by themselves.
  private static func waves(of workflow: Workflow, _ edges: [DrawnEdge]) -> [Int] {
    let links = edges.compactMap { edge in edge.from.map { (from: $0, to: edge.to) } }
    return Layering.longestPaths(count: workflow.nodes.count, links)
  }
}

extension WorkflowGraph {
  /// Whether the node is in `onError`, or stands in for one that is.
  fileprivate func handles(_ index: Int) -> Bool {
    var top = index
    var steps = 0
    while let next = primary[top], steps <= primary.count {
      top = next
      steps += 1
    }
    return isErrorHandler[top]
  }
}
