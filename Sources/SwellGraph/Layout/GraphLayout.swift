/// Where the boxes and links of a graph are drawn, from top to bottom.
///
/// Parts that do not hang together are laid out by themselves and put side by side, in rows.
struct GraphLayout {
  struct Box {
    var width: Double
    var height: Double
  }

  struct Link {
    var from: Int
    var to: Int
    /// The width of its label; nil has none.
    var label: Double?
    /// Links of one box and one group may share their way.
    var group = 0
  }

  struct Spacing {
    var betweenBoxes = 28.0
    var betweenLines = 18.0
    var betweenRanks = 40.0
    var betweenLabels = 22.0
    var labelHeight = 18.0
    /// Between the ends of two links at the same side of a box.
    var betweenEnds = 16.0
  }

  struct Point: Equatable {
    var x: Double
    var y: Double
  }

  struct Frame: Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
  }

  struct Route {
    /// Pairs of points: each pair is a straight line downwards, with a curve to the next pair.
    var points: [Point]
    /// The middle of the label.
    var label: Point?
    /// Whether it goes straight through whatever is in its way.
    var isFar: Bool
  }

  private(set) var frames: [Frame]
  private(set) var routes: [Route]
  private(set) var width = 0.0
  private(set) var height = 0.0

  init(boxes: [Box], links: [Link], spacing: Spacing = Spacing()) {
    frames = boxes.map { Frame(x: 0, y: 0, width: $0.width, height: $0.height) }
    routes = links.map { _ in Route(points: [], label: nil, isFar: false) }
    var parts: [Part] = []
    for (members, inside) in Self.components(boxes.count, links) {
      var local: [Int: Int] = [:]
      for (place, member) in members.enumerated() { local[member] = place }
      let graph = LayeredGraph(
        boxes: members.map { boxes[$0] },
        links: inside.map { index in
          Link(
            from: local[links[index].from] ?? 0, to: local[links[index].to] ?? 0,
            label: links[index].label, group: links[index].group)
        }, spacing: spacing)
      parts.append(Part(graph, members: members, links: inside))
    }
    pack(parts, gap: spacing.betweenBoxes)
  }

  /// The members of each part, and its links, in the order of their first members.
  private static func components(_ count: Int, _ links: [Link]) -> [(members: [Int], links: [Int])]
  {
    var near: [[Int]] = .init(repeating: [], count: count)
    for link in links {
      near[link.from].append(link.to)
      near[link.to].append(link.from)
    }
    var part = [Int](repeating: -1, count: count)
    var found: [(members: [Int], links: [Int])] = []
    for start in 0..<count where part[start] < 0 {
      var members = [start]
      part[start] = found.count
      var place = 0
      while place < members.count {
        for next in near[members[place]] where part[next] < 0 {
          part[next] = found.count
          members.append(next)
        }
        place += 1
      }
      found.append((members.sorted(), []))
    }
    for (index, link) in links.enumerated() { found[part[link.from]].links.append(index) }
    return found
  }

  /// Puts the parts into rows that together are somewhat wider than high.
  private mutating func pack(_ parts: [Part], gap: Double) {
    let area = parts.reduce(0) { $0 + ($1.width + gap) * ($1.height + gap) }
    let limit = max(parts.map(\.width).max() ?? 0, (area * 1.6).squareRoot())
    var x = 0.0
    var y = 0.0
    var rowHeight = 0.0
    for part in parts {
      if x > 0, x + part.width > limit {
        y += rowHeight + gap
        x = 0
        rowHeight = 0
      }
      for (place, member) in part.members.enumerated() {
        frames[member] = part.frames[place].moved(x, y)
      }
      for (place, link) in part.links.enumerated() {
        routes[link] = part.routes[place].moved(x, y)
      }
      width = max(width, x + part.width)
      rowHeight = max(rowHeight, part.height)
      x += part.width + gap
      height = max(height, y + rowHeight)
    }
  }
}

extension GraphLayout.Frame {
  func moved(_ right: Double, _ down: Double) -> GraphLayout.Frame {
    .init(x: x + right, y: y + down, width: width, height: height)
  }
}

extension GraphLayout.Route {
  fileprivate func moved(_ right: Double, _ down: Double) -> GraphLayout.Route {
    func moved(_ point: GraphLayout.Point) -> GraphLayout.Point {
      .init(x: point.x + right, y: point.y + down)
    }
    return .init(points: points.map(moved), label: label.map(moved), isFar: isFar)
  }
}
