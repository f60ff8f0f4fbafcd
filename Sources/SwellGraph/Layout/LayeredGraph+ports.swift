extension LayeredGraph {
  /// Where each link leaves its first box and enters its last one: side by side, in the order in which
  /// they go on, so that they do not cross at the box.
  mutating func placePorts() {
    starts = [Double](repeating: 0, count: chains.count)
    ends = starts
    var leaving: [[End]] = .init(repeating: [], count: vertices.count)
    var entering = leaving
    for (link, chain) in chains.enumerated() {
      guard let first = chain.first, let last = chain.last, chain.count > 1 else { continue }
      entering[last].append(End(x: vertices[chain[chain.count - 2]].x, link: link))
      // Others leave by the line of one of these.
      if vertices[first].role.isBox {
        leaving[first].append(End(x: vertices[chain[1]].x, link: link))
      }
    }
    for vertex in vertices.indices {
      spread(leaving[vertex], at: vertex) { starts[$0] = $1 }
      spread(entering[vertex], at: vertex) { ends[$0] = $1 }
    }
  }

  private struct End {
    var x: Double
    var link: Int
  }

  private func spread(
    _ lines: [End], at vertex: Int, _ put: (Int, Double) -> Void
  ) {
    guard !lines.isEmpty else { return }
    let room = max(0, vertices[vertex].width - 28)
    let step = lines.count < 2 ? 0 : min(spacing.betweenEnds, room / Double(lines.count - 1))
    for (place, line) in lines.sorted(by: { ($0.x, $0.link) < ($1.x, $1.link) }).enumerated() {
      put(line.link, vertices[vertex].x + (Double(place) - Double(lines.count - 1) / 2) * step)
    }
  }
}
