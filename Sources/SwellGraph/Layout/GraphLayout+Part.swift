extension GraphLayout {
  /// A part of a graph that hangs together, laid out from (0, 0).
  struct Part {
    let members: [Int]
    let links: [Int]
    private(set) var frames: [Frame] = []
    private(set) var routes: [Route] = []
    private(set) var width = 0.0
    private(set) var height = 0.0

    init(_ graph: LayeredGraph, members: [Int], links: [Int]) {
      self.members = members
      self.links = links
      let left = graph.vertices.map { $0.x - $0.width / 2 }.min() ?? 0
      width = (graph.vertices.map { $0.x + $0.width / 2 }.max() ?? 0) - left
      let bands = Self.bands(graph)
      height = bands.last.map { $0.top + $0.height } ?? 0
      for place in members.indices {
        let vertex = graph.vertices[place]
        let band = bands[vertex.rank]
        frames.append(
          Frame(
            x: vertex.x - vertex.width / 2 - left,
            y: band.top + (band.height - vertex.height) / 2, width: vertex.width,
            height: vertex.height))
      }
      route(graph, bands, left: left)
    }

    private struct Band {
      var top: Double
      var height: Double
    }

    /// The ranks with their heights; where lines go far to the side, the way down is longer.
    private static func bands(_ graph: LayeredGraph) -> [Band] {
      var bands: [Band] = []
      var y = 0.0
      for (index, rank) in graph.ranks.enumerated() {
        let height = rank.map { graph.vertices[$0].height }.max() ?? 0
        bands.append(Band(top: y, height: height))
        guard index + 1 < graph.ranks.count else { break }
        var widest = 0.0
        var hasLabels = false
        for vertex in rank {
          if graph.vertices[vertex].role == .label { hasLabels = true }
          for near in graph.down[vertex] {
            widest = max(widest, abs(graph.vertices[near.vertex].x - graph.vertices[vertex].x))
            if graph.vertices[near.vertex].role == .label { hasLabels = true }
          }
        }
        let gap = hasLabels ? graph.spacing.betweenLabels : graph.spacing.betweenRanks
        y += height + gap + min(80, widest * 0.05)
      }
      return bands
    }

    private mutating func route(_ graph: LayeredGraph, _ bands: [Band], left: Double) {
      for (link, chain) in graph.chains.enumerated() {
        var route = Route(points: [], label: nil, isFar: false)
        guard let first = chain.first, let last = chain.last else { continue }
        route.isFar = graph.isFar[link]
        func add(_ x: Double, _ top: Double, _ bottom: Double) {
          route.points.append(Point(x: x - left, y: top))
          route.points.append(Point(x: x - left, y: bottom))
        }
        let above = bands[graph.vertices[first].rank]
        let below = bands[graph.vertices[last].rank]
        if graph.vertices[first].role.isBox {
          let start = frames[first]
          add(graph.starts[link], start.y + start.height, above.top + above.height)
        } else {
          add(graph.vertices[first].x, above.top + above.height, above.top + above.height)
        }
        for vertex in chain.dropFirst().dropLast() {
          let band = bands[graph.vertices[vertex].rank]
          add(graph.vertices[vertex].x, band.top, band.top + band.height)
          if graph.vertices[vertex].role == .label {
            route.label = Point(
              x: graph.vertices[vertex].x - left, y: band.top + band.height / 2)
          }
        }
        let end = frames[last]
        add(graph.ends[link], min(below.top, end.y), end.y)
        routes.append(route)
      }
    }
  }
}
