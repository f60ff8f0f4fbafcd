@testable import SwellGraph

/// A random graph of boxes of random sizes.
struct RandomLinks {
  var boxes: [GraphLayout.Box] = []
  var links: [GraphLayout.Link] = []

  init(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    self.init(count: Int.random(in: 1...40, using: &generator), most: 4, seed: seed &+ 1_000)
  }

  init(count: Int, most: Int, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for index in 0..<count {
      boxes.append(
        GraphLayout.Box(
          width: Double.random(in: 40...200, using: &generator),
          height: Double.random(in: 20...70, using: &generator)))
      guard index > 0 else { continue }
      for _ in 0..<Int.random(in: 0...most, using: &generator) {
        var link = GraphLayout.Link(
          from: Int.random(in: max(0, index - 60)..<index, using: &generator), to: index)
        link.group = Int.random(in: 0..<2, using: &generator)
        if Double.random(in: 0..<1, using: &generator) < 0.2 {
          link.label = Double.random(in: 20...160, using: &generator)
        }
        links.append(link)
      }
    }
  }
}
