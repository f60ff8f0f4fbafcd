/// A connected graph in ranks, from top to bottom: every link leads to a lower rank, and passes each
/// rank between through a vertex of its own, so that nothing has to be looked for later.
struct LayeredGraph {
  enum Role: Equatable {
    case box(Int)
    /// Where a link passes a rank.
    case bend
    /// Where a link passes a rank that is there for labels, and has one.
    case label

    var isBox: Bool {
      if case .box = self { true } else { false }
    }
  }

  struct Vertex {
    var role: Role
    var width: Double
    var height: Double
    var rank: Int
    /// The middle.
    var x = 0.0
  }

  struct Neighbour {
    var vertex: Int
    /// How much it matters that the two are one above the other.
    var weight: Double
  }

  /// More bends than this are not made: the longest links are drawn as they come.
  static let mostBends = 40_000

  var vertices: [Vertex] = []
  /// The vertices of each rank, from left to right.
  var ranks: [[Int]] = []
  var up: [[Neighbour]] = []
  var down: [[Neighbour]] = []
  /// Bends that lie in one line, from above to below.
  struct Line {
    var bends: [Int]
    /// The link that leaves its box by it, and the one that goes farthest.
    var first: Int
    var last: Int
  }

  /// For each link its vertices from above to below; of one that shares its way with another, from where
  /// they part.
  private(set) var chains: [[Int]]
  private(set) var lines: [Line] = []
  /// The links that have no bends though they pass ranks.
  private(set) var isFar: [Bool]
  /// For each link, where it leaves its first box and enters its last.
  var starts: [Double] = []
  var ends: [Double] = []
  let spacing: GraphLayout.Spacing

  init(
    boxes: [GraphLayout.Box], links: [GraphLayout.Link], spacing: GraphLayout.Spacing
  ) {
    self.spacing = spacing
    let layers = Layering.longestPaths(
      count: boxes.count, links.map { (from: $0.from, to: $0.to) })
    // Ranks of boxes are even; between two there may be one of labels.
    var used = Set(layers.map { $0 * 2 })
    for link in links where link.label != nil && layers[link.from] < layers[link.to] {
      used.insert(layers[link.from] * 2 + 1)
    }
    let sorted = used.sorted()
    let rank = Dictionary(sorted.enumerated().map { ($1, $0) }, uniquingKeysWith: { a, _ in a })
    chains = links.map { [$0.from, $0.to] }
    isFar = links.map { _ in true }
    for (index, box) in boxes.enumerated() {
      add(
        Vertex(
          role: .box(index), width: box.width, height: box.height,
          rank: rank[layers[index] * 2] ?? 0))
    }
    addLinks(links)
    ranks = sorted.map { _ in [] }
    order()
    centreColumns()
    balanceColumns()
    placePorts()
    straighten()
  }

  @discardableResult
  private mutating func add(_ vertex: Vertex) -> Int {
    vertices.append(vertex)
    up.append([])
    down.append([])
    return vertices.count - 1
  }

  /// Links of one source and one group go together as far as they can: what ten nodes read is one line
  /// with ten ends.
  private mutating func addLinks(_ links: [GraphLayout.Link]) {
    struct Key: Hashable {
      var source: Int
      var group: Int
    }
    func span(_ link: GraphLayout.Link) -> Int {
      vertices[link.to].rank - vertices[link.from].rank
    }
    var budget = Self.mostBends
    var shared: [Key: Int] = [:]
    // The short ones first, so that it is the longest that go without.
    let order = links.indices.sorted { (span(links[$0]), $0) < (span(links[$1]), $1) }
    for index in order {
      let link = links[index]
      let between = span(link) - 1
      let key = Key(source: link.from, group: link.group)
      let known = link.label == nil ? shared[key] : nil
      let done = known.map { lines[$0].bends.count } ?? 0
      guard between >= 0, between - done <= budget else { continue }
      budget -= max(0, between - done)
      var chain = [
        known.flatMap { between > 0 ? lines[$0].bends[min(done, between) - 1] : nil } ?? link.from
      ]
      var bends: [Int] = []
      for place in min(done, between)..<between {
        let isLabel = place == 0 && link.label != nil
        let bend = add(
          Vertex(
            role: isLabel ? .label : .bend, width: isLabel ? link.label ?? 0 : 0,
            height: isLabel ? spacing.labelHeight : 0, rank: vertices[link.from].rank + 1 + place))
        connect(chain[chain.count - 1], bend)
        chain.append(bend)
        bends.append(bend)
      }
      connect(chain[chain.count - 1], link.to)
      chain.append(link.to)
      chains[index] = chain
      isFar[index] = false
      guard !bends.isEmpty else { continue }
      if let known {
        lines[known].bends += bends
        lines[known].last = index
      } else {
        if link.label == nil { shared[key] = lines.count }
        lines.append(Line(bends: bends, first: index, last: index))
      }
    }
  }

  private mutating func connect(_ above: Int, _ below: Int) {
    let weight = [1.0, 2, 8][[above, below].count { vertices[$0].role == .bend }]
    down[above].append(Neighbour(vertex: below, weight: weight))
    up[below].append(Neighbour(vertex: above, weight: weight))
  }

  /// How far the middles of two neighbours of a rank have to be from each other.
  func distance(_ left: Int, _ right: Int) -> Double {
    let isLine = !vertices[left].role.isBox || !vertices[right].role.isBox
    return (vertices[left].width + vertices[right].width) / 2
      + (isLine ? spacing.betweenLines : spacing.betweenBoxes)
  }
}
