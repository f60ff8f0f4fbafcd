extension LayeredGraph {
  /// Puts the vertices of each rank into an order in which few links cross: each is drawn to where its
  /// neighbours are, downwards and upwards in turn, and the best order seen is kept.
  mutating func order() {
    discover()
    let count = down.reduce(0) { $0 + $1.count }
    var best = ranks
    var fewest = crossings()
    let sweeps = count < 2_000 ? 24 : count < 20_000 ? 8 : 4
    for sweep in 0..<sweeps {
      guard fewest > 0 else { break }
      let isDown = sweep % 2 == 0
      var position = positions()
      for rank in isDown ? Array(ranks.indices) : ranks.indices.reversed() {
        arrange(rank, by: isDown ? up : down, &position)
      }
      if count < 2_000 { exchange() }
      let now = crossings()
      if now < fewest {
        fewest = now
        best = ranks
      }
    }
    ranks = best
  }

  /// The first order: as a walk from the tops finds them, so that what hangs together stands together.
  private mutating func discover() {
    var isSeen = [Bool](repeating: false, count: vertices.count)
    for start in vertices.indices where up[start].isEmpty {
      var stack = [start]
      while let vertex = stack.popLast() {
        guard !isSeen[vertex] else { continue }
        isSeen[vertex] = true
        ranks[vertices[vertex].rank].append(vertex)
        for next in down[vertex].reversed() where !isSeen[next.vertex] { stack.append(next.vertex) }
      }
    }
  }

  /// Where in its rank each vertex is.
  func positions() -> [Int] {
    var position = [Int](repeating: 0, count: vertices.count)
    for rank in ranks {
      for (place, vertex) in rank.enumerated() { position[vertex] = place }
    }
    return position
  }

  /// Sorts one rank by the middle of each vertex's neighbours; one without any stays where it is.
  private mutating func arrange(
    _ rank: Int, by neighbours: [[Neighbour]], _ position: inout [Int]
  ) {
    var keyed: [(key: Double, place: Int, vertex: Int)] = []
    for (place, vertex) in ranks[rank].enumerated() {
      let near = neighbours[vertex]
      let sum = near.reduce(0) { $0 + position[$1.vertex] }
      keyed.append((near.isEmpty ? Double(place) : Double(sum) / Double(near.count), place, vertex))
    }
    keyed.sort { ($0.key, $0.place) < ($1.key, $1.place) }
    for (place, entry) in keyed.enumerated() {
      ranks[rank][place] = entry.vertex
      position[entry.vertex] = place
    }
  }

  /// Exchanges neighbours as long as that saves crossings.
  private mutating func exchange() {
    let position = positions()
    for rank in ranks.indices {
      for _ in 0..<4 {
        var isBetter = false
        for place in ranks[rank].indices.dropLast() {
          let (left, right) = (ranks[rank][place], ranks[rank][place + 1])
          let now =
            inversions(up[left], up[right], position)
            + inversions(down[left], down[right], position)
          let then =
            inversions(up[right], up[left], position)
            + inversions(down[right], down[left], position)
          if then < now {
            ranks[rank].swapAt(place, place + 1)
            isBetter = true
          }
        }
        if !isBetter { break }
      }
    }
  }

  /// How many links of the left vertex cross those of the right one.
  private func inversions(
    _ left: [Neighbour], _ right: [Neighbour], _ position: [Int]
  ) -> Int {
    var count = 0
    for a in left {
      for b in right where position[a.vertex] > position[b.vertex] { count += 1 }
    }
    return count
  }

  /// How many pairs of links cross.
  func crossings() -> Int {
    let position = positions()
    var total = 0
    for (rank, next) in zip(ranks, ranks.dropFirst()) {
      // Ends of links so far, counted in a tree of sums over the places below.
      var tree = [Int](repeating: 0, count: next.count + 1)
      var seen = 0
      for vertex in rank {
        let ends = down[vertex].map { position[$0.vertex] }.sorted()
        for end in ends {
          var notBeyond = 0
          var at = end + 1
          while at > 0 {
            notBeyond += tree[at]
            at -= at & -at
          }
          total += seen - notBeyond
        }
        for end in ends {
          var at = end + 1
          while at < tree.count {
            tree[at] += 1
            at += at & -at
          }
        }
        seen += ends.count
      }
    }
    return total
  }
}
