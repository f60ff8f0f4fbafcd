/// Nodes that are laid out together: the ordinary ones, or those of `onError`.
struct SVGSection {
  /// Indices of the drawing.
  let nodes: [Int]
  let edges: [DrawnEdge]
  /// Whether behind the nodes there is one box more, for the failure that they handle.
  let hasFailure: Bool
  let layout: GraphLayout

  init(_ drawing: WorkflowDrawing, nodes: [Int], hasFailure: Bool) {
    self.nodes = nodes
    self.hasFailure = hasFailure
    var place: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() { place[node] = index }
    var edges: [DrawnEdge] = []
    var links: [GraphLayout.Link] = []
    for edge in drawing.edges {
      guard let to = place[edge.to] else { continue }
      let from = edge.from.map { place[$0] } ?? nodes.count
      guard let from else { continue }
      edges.append(edge)
      links.append(
        GraphLayout.Link(
          from: from, to: to,
          label: edge.label.map {
            Double(DrawnText.columns(of: SVGWriter.shortLabel($0))) * SVGWriter.smallSize + 10
          }, group: DrawnEdge.Kind.allCases.firstIndex(of: edge.kind) ?? 0))
    }
    var boxes = nodes.map { Self.box(for: drawing.nodes[$0]) }
    if hasFailure { boxes.append(GraphLayout.Box(width: 20, height: 16)) }
    self.edges = edges
    layout = GraphLayout(boxes: boxes, links: links)
  }

  private static func box(for node: DrawnNode) -> GraphLayout.Box {
    let lines = SVGWriter.lines(of: node)
    let widths = lines.enumerated().map { place, line in
      Double(DrawnText.columns(of: line)) * (place == 0 ? SVGWriter.idSize : SVGWriter.smallSize)
    }
    let side = node.shape == .work || node.shape == .repeated ? 28.0 : 44
    return GraphLayout.Box(
      width: max(88, (widths.max() ?? 0) + side), height: 14 + 15 * Double(lines.count))
  }
}
