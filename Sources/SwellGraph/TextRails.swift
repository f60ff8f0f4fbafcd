/// The lines at the left of a drawing in text: each node that others depend on has one, from its own row
/// to the last row that it leads to.
struct TextRails {
  /// Wider than this, nobody follows a line any more.
  static let mostColumns = 16

  private struct Rail {
    var source: Int
    var isControl: Bool
    /// The row of the last node that it leads to.
    var last: Int
  }

  /// A line that comes in at a row.
  struct Line: Hashable {
    var source: Int
    var isControl: Bool
    /// It is drawn so for the node only: a fallback hangs on the rail of its primary.
    var isBorrowed = false
  }

  private var rails: [Rail?] = []
  /// Where each node's mark stood.
  private var column: [Int: Int] = [:]
  private(set) var width = 0

  /// The column of a line that comes in, if it has one.
  func column(of line: Line) -> Int? {
    if line.isBorrowed { return column[line.source] }
    return rails.firstIndex { $0?.source == line.source && $0?.isControl == line.isControl }
  }

  /// Draws the row of a node.
  ///
  /// - Parameters:
  ///   - incoming: the lines that lead to it.
  ///   - data: the last row that reads it, if one does; `control` likewise.
  mutating func row(
    _ node: Int, at row: Int, mark: Character, incoming: [Line], data: Int?, control: Int?
  ) -> [String] {
    let lines = incoming.compactMap { line in column(of: line).map { (line: line, column: $0) } }
    let ending = lines.filter { entry in
      entry.line.isBorrowed ? rail(entry.column) == nil : rail(entry.column)?.last == row
    }
    // On goes the line that ends here, if there is one; what is borrowed stays to the left.
    let borrowed = lines.contains { $0.line.isBorrowed }
    let own =
      borrowed
      ? free(after: lines.map(\.column).max() ?? 0)
      : ending.map(\.column).min() ?? free(after: -1)
    column[node] = own
    var cells = rails.map { rail in rail.map { $0.isControl ? "┊" : "│" } ?? " " }
    let most = max(own, lines.map(\.column).max() ?? 0)
    while cells.count <= most { cells.append(" ") }
    var gaps = [String](repeating: " ", count: cells.count)
    connect(lines, to: own, row: row, &cells, &gaps)
    cells[own] = String(mark)
    for entry in ending where !entry.line.isBorrowed { rails[entry.column] = nil }
    grow(to: own)
    var drawn = [Self.text(cells, gaps)]
    if let data { rails[own] = Rail(source: node, isControl: false, last: data) }
    if let control {
      if data == nil {
        rails[own] = Rail(source: node, isControl: true, last: control)
      } else {
        let second = free(after: own)
        grow(to: second)
        drawn.append(turn(from: own, to: second))
        rails[second] = Rail(source: node, isControl: true, last: control)
      }
    }
    width = max(width, (rails.lastIndex { $0 != nil } ?? 0) + 1, cells.count)
    while let last = rails.last, last == nil { rails.removeLast() }
    return drawn
  }

  /// From each line that comes in to the mark, under what passes between.
  private func connect(
    _ lines: [(line: Line, column: Int)], to own: Int, row: Int, _ cells: inout [String],
    _ gaps: inout [String]
  ) {
    for (side, entries) in [
      (-1, lines.filter { $0.column < own }), (1, lines.filter { $0.column > own }),
    ] {
      guard let farthest = (side < 0 ? entries.map(\.column).min() : entries.map(\.column).max())
      else { continue }
      let solid = entries.filter { !$0.line.isControl && !$0.line.isBorrowed }.map(\.column)
      for at in min(farthest, own)...max(farthest, own) where at != own {
        // A line of data may come from here or from farther out.
        let isSolid = solid.contains { side < 0 ? $0 <= at : $0 >= at }
        let dash = isSolid ? "─" : "╌"
        gaps[side < 0 ? at : at - 1] = dash
        guard let entry = entries.first(where: { $0.column == at }) else {
          if cells[at] == " " { cells[at] = dash }
          continue
        }
        let goesOn = entry.line.isBorrowed ? rail(at) != nil : rail(at)?.last != row
        let isEdge = at == farthest
        cells[at] =
          switch (goesOn, isEdge) {
          case (true, true): side < 0 ? "├" : "┤"
          case (true, false): "┼"
          case (false, true): side < 0 ? "╰" : "╯"
          case (false, false): "┴"
          }
      }
    }
  }

  private func turn(from own: Int, to second: Int) -> String {
    var cells = rails.map { rail in rail.map { $0.isControl ? "┊" : "│" } ?? " " }
    while cells.count <= second { cells.append(" ") }
    var gaps = [String](repeating: " ", count: cells.count)
    for at in own..<second {
      gaps[at] = "╌"
      if cells[at] == " " { cells[at] = "╌" }
    }
    cells[own] = "├"
    cells[second] = "╮"
    return Self.text(cells, gaps)
  }

  private func rail(_ column: Int) -> Rail? {
    rails.indices.contains(column) ? rails[column] : nil
  }

  private func free(after column: Int) -> Int {
    rails.indices.first { $0 > column && rails[$0] == nil } ?? max(rails.count, column + 1)
  }

  private mutating func grow(to column: Int) {
    while rails.count <= column { rails.append(nil) }
  }

  private static func text(_ cells: [String], _ gaps: [String]? = nil) -> String {
    var text = ""
    for (place, cell) in cells.enumerated() {
      text += cell + (gaps.map { $0[place] } ?? " ")
    }
    return text
  }
}
