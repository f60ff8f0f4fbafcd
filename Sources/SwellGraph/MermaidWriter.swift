/// A workflow as a flowchart of Mermaid.
struct MermaidWriter {
  private let drawing: WorkflowDrawing

  init(_ drawing: WorkflowDrawing) {
    self.drawing = drawing
  }

  func write() -> String {
    var lines = ["flowchart TD"]
    for node in drawing.nodes where !node.isErrorHandler { lines.append("  " + box(node)) }
    let handlers = drawing.nodes.filter(\.isErrorHandler)
    if !handlers.isEmpty {
      lines.append("  subgraph on_error [\"on error\"]")
      lines.append("    failure(((\"failure\")))")
      for node in handlers { lines.append("    " + box(node)) }
      lines.append("  end")
    }
    for edge in drawing.edges { lines.append("  " + arrow(edge)) }
    lines += styles()
    return lines.joined(separator: "\n") + "\n"
  }

  private func box(_ node: DrawnNode) -> String {
    var words = "\(Self.escaped(node.id))<br/>\(Self.escaped(node.kind))"
    for mark in node.marks { words += "<br/>\(Self.escaped(mark))" }
    if let state = node.state { words += "<br/>\(Self.escaped(state))" }
    let (open, close) =
      switch node.shape {
      case .work: ("[", "]")
      case .branch: ("{{", "}}")
      case .pause: ("([", "])")
      case .repeated: ("[[", "]]")
      }
    return "\(Self.name(of: node))\(open)\"\(words)\"\(close)"
  }

  private func arrow(_ edge: DrawnEdge) -> String {
    let from = edge.from.map { Self.name(of: drawing.nodes[$0]) } ?? "failure"
    let to = Self.name(of: drawing.nodes[edge.to])
    switch edge.kind {
    case .data: return "\(from) --> \(to)"
    case .control:
      let label = DrawnText.shortened(edge.label ?? "then", to: 48)
      return "\(from) ==>|\"\(Self.escaped(label))\"| \(to)"
    case .fallback: return "\(from) -.->|\"fallback\"| \(to)"
    case .onError: return "\(from) -.-> \(to)"
    }
  }

  private func styles() -> [String] {
    let colors = [
      ("succeeded", "fill:#dafbe1,stroke:#1a7f37,color:#1f2328"),
      ("failed", "fill:#ffebe9,stroke:#cf222e,color:#1f2328"),
      ("running", "fill:#ddf4ff,stroke:#0969da,color:#1f2328"),
      ("waiting", "fill:#fff8c5,stroke:#9a6700,color:#1f2328"),
      ("retrying", "fill:#fff8c5,stroke:#9a6700,color:#1f2328"),
      ("skipped", "stroke-dasharray:2 3"), ("cancelled", "stroke-dasharray:2 3"),
    ]
    var lines: [String] = []
    let standIns = drawing.nodes.filter(\.isFallback)
    if !standIns.isEmpty {
      lines.append("  classDef standsIn stroke-dasharray:5 3")
      lines.append("  class \(standIns.map(Self.name).joined(separator: ",")) standsIn")
    }
    for (state, style) in colors {
      let nodes = drawing.nodes.filter { $0.state == state }
      guard !nodes.isEmpty else { continue }
      lines.append("  classDef \(state) \(style)")
      lines.append("  class \(nodes.map(Self.name).joined(separator: ",")) \(state)")
    }
    return lines
  }

  /// Some ids, such as `end`, are words of Mermaid.
  private static func name(of node: DrawnNode) -> String { "n_" + node.id }

  /// Text within quotes and HTML: what either would take for its own becomes an entity.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "#", "&", "<", ">", "`", "\\", "$", ";": result += "#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
