import SwellModel

/// Writes rows as CSV: what needs quotes gets them, and lines end with a line feed.
enum TableWriter {
  static func bytes(
    of rows: [ExactValue], _ table: TableLayout
  ) throws(NodeError) -> [UInt8] {
    let columns =
      if let columns = table.columns { columns.map { Array($0.utf8) } } else { try names(of: rows) }
    var bytes: [UInt8] = []
    if table.hasHeader {
      guard !columns.isEmpty || rows.isEmpty else {
        throw NodeError(
          .marshaling,
          "the rows are lists, and nothing names their columns; give columns, or header: false",
          code: "input_mismatch")
      }
      if !columns.isEmpty { append(columns, table.delimiter, to: &bytes) }
    }
    for (place, row) in rows.enumerated() {
      switch row {
      case .array(let cells):
        guard columns.isEmpty || cells.count == columns.count else {
          throw NodeError(
            .marshaling,
            "row \(place) has \(cells.count) cells, and there are \(columns.count) columns",
            code: "input_mismatch")
        }
        append(cells.map(text), table.delimiter, to: &bytes)
      case .object(let members):
        let cells = columns.map { column in
          members.first { $0.key == column }.map { text($0.value) } ?? []
        }
        append(cells, table.delimiter, to: &bytes)
      default:
        throw NodeError(
          .marshaling, "row \(place) is neither an object nor a list", code: "input_mismatch")
      }
    }
    return bytes
  }

  /// The keys of all rows, sorted: jsonb does not keep the order in which they were written.
  private static func names(of rows: [ExactValue]) throws(NodeError) -> [[UInt8]] {
    var names: Set<[UInt8]> = []
    var hasLists = false
    for row in rows {
      if case .object(let members) = row { names.formUnion(members.map(\.key)) }
      if case .array = row { hasLists = true }
    }
    guard !hasLists || names.isEmpty else {
      throw NodeError(
        .marshaling, "some rows are objects and some are lists; give columns",
        code: "input_mismatch")
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// A text as it is, nothing for null, anything else as JSON.
  private static func text(_ value: ExactValue) -> [UInt8] {
    switch value {
    case .null: []
    case .string(let text): text
    default: value.canonical.bytes
    }
  }

  private static func append(_ cells: [[UInt8]], _ delimiter: UInt8, to bytes: inout [UInt8]) {
    let quote = UInt8(ascii: "\"")
    for (place, cell) in cells.enumerated() {
      if place > 0 { bytes.append(delimiter) }
      // An empty line would be no row at all.
      let isOnlyEmpty = cells.count == 1 && cell.isEmpty
      let needsQuotes =
        isOnlyEmpty
        || cell.contains { $0 == delimiter || $0 == quote || $0 == 0x0A || $0 == 0x0D }
      guard needsQuotes else {
        bytes += cell
        continue
      }
      bytes.append(quote)
      for byte in cell {
        if byte == quote { bytes.append(quote) }
        bytes.append(byte)
      }
      bytes.append(quote)
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}
