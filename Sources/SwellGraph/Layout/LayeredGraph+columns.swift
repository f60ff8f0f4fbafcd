extension LayeredGraph {
  /// The first places: every rank packed, around one middle.
  mutating func centreColumns() {
    for rank in ranks {
      var x = 0.0
      for (place, vertex) in rank.enumerated() {
        if place > 0 { x += distance(rank[place - 1], vertex) }
        vertices[vertex].x = x
      }
      for vertex in rank { vertices[vertex].x -= x / 2 }
    }
  }

  /// Moves every vertex as near to its neighbours above and below as the others of its rank allow.
  mutating func balanceColumns() {
    for _ in 0..<(vertices.count < 3_000 ? 40 : 8) {
      for rank in ranks.indices { settle(rank) }
      for rank in ranks.indices.reversed() { settle(rank) }
    }
  }

  /// Moves one rank to where its neighbours want it, with the least movement that keeps order and
  /// distances: neighbours that would overlap become a block, which goes to the middle of its wishes.
  private mutating func settle(_ rank: Int) {
    struct Block {
      var weight: Double
      var sum: Double
      var count: Int
      var middle: Double { sum / weight }
    }
    let order = ranks[rank]
    var blocks: [Block] = []
    var offset = 0.0
    for (place, vertex) in order.enumerated() {
      if place > 0 { offset += distance(order[place - 1], vertex) }
      var weight = 0.0
      var sum = 0.0
      for near in up[vertex] + down[vertex] {
        weight += near.weight
        sum += near.weight * vertices[near.vertex].x
      }
      if weight == 0 {
        weight = 0.01
        sum = weight * vertices[vertex].x
      }
      blocks.append(Block(weight: weight, sum: sum - weight * offset, count: 1))
      while blocks.count > 1, let last = blocks.last,
        blocks[blocks.count - 2].middle > last.middle
      {
        blocks.removeLast()
        blocks[blocks.count - 1].weight += last.weight
        blocks[blocks.count - 1].sum += last.sum
        blocks[blocks.count - 1].count += last.count
      }
    }
    var place = 0
    offset = 0
    for block in blocks {
      for _ in 0..<block.count {
        if place > 0 { offset += distance(order[place - 1], order[place]) }
        vertices[order[place]].x = block.middle + offset
        place += 1
      }
    }
  }

  /// Makes long links straight where there is room: as many bends as can share one place do.
  mutating func straighten() {
    var place = [Int](repeating: 0, count: vertices.count)
    for rank in ranks {
      for (index, vertex) in rank.enumerated() { place[vertex] = index }
    }
    /// How far to the left and to the right a vertex may go.
    func room(_ vertex: Int) -> ClosedRange<Double> {
      let rank = ranks[vertices[vertex].rank]
      let at = place[vertex]
      let x = vertices[vertex].x
      let low =
        at > 0
        ? vertices[rank[at - 1]].x + distance(rank[at - 1], vertex)
        : -Double.greatestFiniteMagnitude
      let high =
        at + 1 < rank.count
        ? vertices[rank[at + 1]].x - distance(vertex, rank[at + 1]) : Double.greatestFiniteMagnitude
      return min(low, x)...max(high, x)
    }
    for line in lines {
      let bends = line.bends
      var start = bends.startIndex
      while start < bends.endIndex {
        var shared = room(bends[start])
        var end = start + 1
        var sum = vertices[bends[start]].x
        while end < bends.endIndex {
          let next = room(bends[end])
          let low = max(shared.lowerBound, next.lowerBound)
          let high = min(shared.upperBound, next.upperBound)
          guard low <= high else { break }
          shared = low...high
          sum += vertices[bends[end]].x
          end += 1
        }
        let middle = sum / Double(end - start)
        var x = min(max(middle, shared.lowerBound), shared.upperBound)
        // Straight on to the box at either end, where that is free.
        var straight: [Double] = []
        if start == bends.startIndex { straight.append(starts[line.first]) }
        if end == bends.endIndex { straight.append(ends[line.last]) }
        straight = straight.filter(shared.contains)
        if let nearest = straight.min(by: { abs($0 - middle) < abs($1 - middle) }) { x = nearest }
        for bend in bends[start..<end] { vertices[bend].x = x }
        start = end
      }
    }
  }
}
