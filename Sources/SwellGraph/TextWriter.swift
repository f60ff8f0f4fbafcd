/// A workflow as lines for a terminal.
///
///     wave 0
///       ●     order          source http
///     wave 1
///       ├─●   total          transform cel   ← order
///
/// Solid lines are data, dashed ones control edges and fallbacks; where one passes another without
/// touching it, the one that is crossed goes through. What they say is also written out, at the right.
struct TextWriter {
  private let drawing: WorkflowDrawing
  private var lines: [TextLine] = []
  /// By node, the edges that lead to it.
  private let incoming: [[DrawnEdge]]
  private let outgoing: [[DrawnEdge]]
  private let idWidth: Int
  private let kindWidth: Int

  init(_ drawing: WorkflowDrawing) {
    self.drawing = drawing
    var incoming: [[DrawnEdge]] = drawing.nodes.map { _ in [] }
    var outgoing = incoming
    for edge in drawing.edges {
      incoming[edge.to].append(edge)
      if let from = edge.from { outgoing[from].append(edge) }
    }
    self.incoming = incoming
    self.outgoing = outgoing
    idWidth = min(32, drawing.nodes.map { DrawnText.columns(of: $0.id) }.max() ?? 0)
    kindWidth = min(44, drawing.nodes.map { DrawnText.columns(of: Self.what($0)) }.max() ?? 0)
  }

  mutating func write() -> [TextLine] {
    heading(([drawing.name] + drawing.facts).joined(separator: "  "))
    let main = drawing.nodes.indices.filter { !drawing.nodes[$0].isErrorHandler }
    let handlers = drawing.nodes.indices.filter { drawing.nodes[$0].isErrorHandler }
    draw(main, title: { "wave \($0)" })
    if !handlers.isEmpty {
      draw(handlers, title: { $0 == 0 ? "on error" : "on error, wave \($0)" })
    }
    return lines
  }

  private mutating func heading(_ words: String) {
    lines.append(TextLine(rails: "", words: words, node: nil, state: nil))
  }

  /// The rows of some nodes: by wave, a fallback right below the node that it stands in for.
  private mutating func draw(_ nodes: [Int], title: (Int) -> String) {
    let order = rows(of: nodes)
    var row: [Int: Int] = [:]
    for (place, node) in order.enumerated() { row[node] = place }
    var rails = TextRails()
    var drawn: [(rails: [String], node: Int)] = []
    for (place, node) in order.enumerated() {
      func last(_ kind: DrawnEdge.Kind) -> Int? {
        outgoing[node].filter { $0.kind == kind }.compactMap { row[$0.to] }.max()
          .flatMap { $0 > place ? $0 : nil }
      }
      let lines = incoming[node].compactMap { edge -> TextRails.Line? in
        guard let from = edge.from, let above = row[from], above < place else { return nil }
        return TextRails.Line(
          source: from, isControl: edge.kind == .control, isBorrowed: edge.kind == .fallback)
      }
      drawn.append(
        (
          rails.row(
            node, at: place, mark: mark(of: node), incoming: lines, data: last(.data),
            control: last(.control)), node
        ))
    }
    let isWide = rails.width > TextRails.mostColumns
    var wave: Int?
    for entry in drawn {
      let node = drawing.nodes[entry.node]
      if !node.isFallback || wave == nil, node.wave != wave {
        wave = node.wave
        heading(title(node.wave))
      }
      let left = isWide ? "\(mark(of: entry.node)) " : entry.rails[0]
      let width = isWide ? 2 : rails.width * 2
      lines.append(
        TextLine(
          rails: "  " + DrawnText.padded(left, to: width) + " ", words: words(entry.node),
          node: node.id, state: node.state))
      if !isWide {
        for more in entry.rails.dropFirst() {
          lines.append(TextLine(rails: "  " + more, words: "", node: nil, state: nil))
        }
      }
    }
  }

  /// Within a wave, those come first whose first need does.
  private func rows(of nodes: [Int]) -> [Int] {
    var place: [Int: Int] = [:]
    var order: [Int] = []
    let waves = Dictionary(grouping: nodes.filter { !drawing.nodes[$0].isFallback }) {
      drawing.nodes[$0].wave
    }
    func add(_ node: Int) {
      guard place[node] == nil else { return }
      place[node] = order.count
      order.append(node)
      for edge in outgoing[node] where edge.kind == .fallback { add(edge.to) }
    }
    for wave in waves.keys.sorted() {
      let keyed = (waves[wave] ?? []).map { node in
        (key: incoming[node].compactMap { $0.from.flatMap { place[$0] } }.min() ?? -1, node: node)
      }
      for entry in keyed.sorted(by: { ($0.key, $0.node) < ($1.key, $1.node) }) { add(entry.node) }
    }
    for node in nodes { add(node) }
    return order
  }

  private func mark(of node: Int) -> Character {
    if drawing.nodes[node].isFallback { return "○" }
    switch drawing.nodes[node].shape {
    case .work: return "●"
    case .branch: return "◆"
    case .pause: return "◇"
    case .repeated: return "◎"
    }
  }

  private static func what(_ node: DrawnNode) -> String {
    ([node.kind] + node.marks).joined(separator: ", ")
  }

  private func words(_ index: Int) -> String {
    let node = drawing.nodes[index]
    var parts = [
      DrawnText.padded(DrawnText.shortened(node.id, to: 60), to: idWidth),
      DrawnText.padded(Self.what(node), to: kindWidth),
    ]
    if let state = node.state { parts.append(DrawnText.padded(state, to: 9)) }
    parts.append(sources(of: index))
    return parts.joined(separator: "  ")
  }

  /// `← order, total  ⇐ size (nodes.total > 1000)`.
  private func sources(of index: Int) -> String {
    var parts: [String] = []
    func names(_ kind: DrawnEdge.Kind) -> [(id: String, label: String?)] {
      incoming[index].filter { $0.kind == kind }.compactMap { edge in
        edge.from.map { (drawing.nodes[$0].id, edge.label) }
      }
    }
    func list(_ names: [String]) -> String {
      names.prefix(8).joined(separator: ", ")
        + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
    let data = names(.data).map(\.id)
    if !data.isEmpty { parts.append("← " + list(data)) }
    let control = names(.control).map { name in
      name.id + (name.label.map { " (\(DrawnText.shortened($0, to: 48)))" } ?? "")
    }
    if !control.isEmpty { parts.append("⇐ " + list(control)) }
    for primary in names(.fallback) { parts.append("stands in for \(primary.id)") }
    return parts.joined(separator: "  ")
  }
}
