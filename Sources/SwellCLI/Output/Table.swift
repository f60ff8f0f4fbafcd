/// Columns of text, aligned; numbers to the right.
struct Table {
  private let titles: [String]
  private let rightAligned: Set<Int>
  private var rows: [[String]] = []

  /// - Parameter right: the titles whose columns hold numbers.
  init(_ titles: [String], right: Set<String> = []) {
    self.titles = titles
    self.rightAligned = Set(titles.indices.filter { right.contains(titles[$0]) })
  }

  mutating func add(_ cells: [String]) {
    rows.append(cells.map(Words.clean))
  }

  /// The lines, each behind `indent`; the titles first.
  func lines(indent: String = "") -> [String] {
    let widths = titles.indices.map { column in
      ([titles] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ cells: [String]) -> String {
      var text = indent
      for (column, cell) in cells.enumerated() {
        let space = String(repeating: " ", count: max(0, widths[column] - cell.count))
        if column > 0 { text += "  " }
        if rightAligned.contains(column) {
          text += space + cell
        } else {
          text += column == cells.count - 1 ? cell : cell + space
        }
      }
      while text.last == " " { text.removeLast() }
      return text
    }
    return [Terminal.paint(line(titles), .bold)] + rows.map(line)
  }

  func write(indent: String = "") {
    for line in lines(indent: indent) { Terminal.line(line) }
  }
}
