/// Which layer each vertex of a graph belongs to.
enum Layering {
  /// For each vertex, how many links the longest way to it has.
  ///
  /// A graph that goes round, which no checked definition does, is cut where its smallest vertex is.
  static func longestPaths(count: Int, _ links: [(from: Int, to: Int)]) -> [Int] {
    var followers: [[Int]] = .init(repeating: [], count: count)
    var missing = [Int](repeating: 0, count: count)
    for link in links {
      followers[link.from].append(link.to)
      missing[link.to] += 1
    }
    var layer = [Int](repeating: 0, count: count)
    var isDone = [Bool](repeating: false, count: count)
    var ready = (0..<count).filter { missing[$0] == 0 }
    var place = 0
    func follow(_ vertex: Int) {
      isDone[vertex] = true
      for follower in followers[vertex] where !isDone[follower] {
        layer[follower] = max(layer[follower], layer[vertex] + 1)
        missing[follower] -= 1
        if missing[follower] == 0 { ready.append(follower) }
      }
    }
    for start in 0..<count {
      while place < ready.count {
        let vertex = ready[place]
        place += 1
        if !isDone[vertex] { follow(vertex) }
      }
      if !isDone[start] { follow(start) }
    }
    return layer
  }
}
