import Testing

@testable import SwellGraph

/// What holds of every layout, over random graphs.
@Suite struct LayoutTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func `boxes and labels do not overlap, and every line leads downwards`(seed: UInt64) throws {
    let graph = RandomLinks(seed: seed)
    let layout = GraphLayout(boxes: graph.boxes, links: graph.links)
    #expect(layout.frames.count == graph.boxes.count)
    var taken = layout.frames
    for (link, route) in zip(graph.links, layout.routes) {
      #expect((route.label != nil) == (link.label != nil))
      guard let place = route.label, let width = link.label else { continue }
      taken.append(.init(x: place.x - width / 2, y: place.y - 9, width: width, height: 18))
    }
    for (index, frame) in taken.enumerated() {
      #expect(frame.x >= -0.01 && frame.y >= -0.01)
      #expect(frame.x + frame.width <= layout.width + 0.01)
      #expect(frame.y + frame.height <= layout.height + 0.01)
      for other in taken[(index + 1)...] {
        #expect(!overlap(frame, other), "seed \(seed): \(frame) and \(other)")
      }
    }
    for (link, route) in zip(graph.links, layout.routes) {
      let end = try #require(route.points.last)
      let target = layout.frames[link.to]
      #expect(abs(end.y - target.y) < 0.01)
      #expect(end.x > target.x && end.x < target.x + target.width)
      for (above, below) in zip(route.points, route.points.dropFirst()) {
        #expect(above.y <= below.y + 0.01, "seed \(seed)")
      }
    }
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `a line passes no box that it does not lead to`(seed: UInt64) throws {
    let graph = RandomLinks(seed: seed)
    let layout = GraphLayout(boxes: graph.boxes, links: graph.links)
    for (link, route) in zip(graph.links, layout.routes) where !route.isFar {
      for pair in stride(from: 0, to: route.points.count - 1, by: 2) {
        let (top, bottom) = (route.points[pair], route.points[pair + 1])
        for (index, frame) in layout.frames.enumerated()
        where index != link.from && index != link.to {
          let isBeside = top.x <= frame.x || top.x >= frame.x + frame.width
          let isAboveOrBelow = bottom.y <= frame.y || top.y >= frame.y + frame.height
          #expect(isBeside || isAboveOrBelow, "seed \(seed)")
        }
      }
    }
  }

  @Test func `what one node leads to stands below its middle`() {
    let box = GraphLayout.Box(width: 80, height: 40)
    let layout = GraphLayout(
      boxes: [GraphLayout.Box](repeating: box, count: 5),
      links: [1, 2, 3].flatMap { middle in
        [GraphLayout.Link(from: 0, to: middle), GraphLayout.Link(from: middle, to: 4)]
      })
    #expect(layout.routes.count == 6)
    #expect(abs(layout.frames[0].x - layout.frames[2].x) < 0.5)
    #expect(abs(layout.frames[4].x - layout.frames[2].x) < 0.5)
    #expect(layout.frames[1].y == layout.frames[3].y)
  }

  @Test func `links that can do without crossings have none`() {
    // In the order in which they are found, the second link crosses the third.
    let graph = LayeredGraph(
      boxes: [GraphLayout.Box](repeating: .init(width: 50, height: 20), count: 6),
      links: [
        .init(from: 0, to: 3), .init(from: 0, to: 5), .init(from: 1, to: 3), .init(from: 1, to: 4),
        .init(from: 2, to: 4),
      ], spacing: .init())
    #expect(graph.crossings() == 0)
  }

  @Test func `a long line is straight where there is room`() {
    // A chain, and a link from its first to its last.
    let links =
      (0..<9).map { GraphLayout.Link(from: $0, to: $0 + 1) } + [GraphLayout.Link(from: 0, to: 9)]
    let layout = GraphLayout(
      boxes: [GraphLayout.Box](repeating: .init(width: 80, height: 40), count: 10), links: links)
    let bends = layout.routes[9].points.dropFirst(2).dropLast(2).map(\.x)
    #expect(bends.count == 16)
    #expect(Set(bends).count == 1)
  }

  @Test func `large graphs are laid out soon`() {
    var links: [GraphLayout.Link] = []
    for index in 1..<2_000 {
      links.append(.init(from: index - 1, to: index))
      if index > 1 { links.append(.init(from: 0, to: index)) }
    }
    let wide = (1..<1_999).flatMap { index in
      [GraphLayout.Link(from: 0, to: index), GraphLayout.Link(from: index, to: 1_999)]
    }
    let boxes = [GraphLayout.Box](repeating: .init(width: 80, height: 40), count: 2_000)
    let clock = ContinuousClock()
    for links in [links, wide, RandomLinks(count: 2_000, most: 3, seed: 1).links] {
      let took = clock.measure { _ = GraphLayout(boxes: boxes, links: links) }
      #expect(took < .seconds(20), "took \(took)")
    }
  }

  @Test func `a graph that goes round is drawn all the same`() {
    let box = GraphLayout.Box(width: 80, height: 40)
    let layout = GraphLayout(
      boxes: [box, box, box],
      links: [.init(from: 0, to: 1), .init(from: 1, to: 2), .init(from: 2, to: 0)])
    #expect(layout.routes.allSatisfy { $0.points.count >= 2 })
  }

  @Test func `parts that do not hang together share rows`() {
    let boxes = [GraphLayout.Box](repeating: .init(width: 80, height: 40), count: 400)
    let layout = GraphLayout(boxes: boxes, links: [])
    #expect(layout.width < 4_000 && layout.height < 4_000)
  }

  private func overlap(_ a: GraphLayout.Frame, _ b: GraphLayout.Frame) -> Bool {
    a.x + a.width > b.x + 0.01 && b.x + b.width > a.x + 0.01 && a.y + a.height > b.y + 0.01
      && b.y + b.height > a.y + 0.01
  }
}
