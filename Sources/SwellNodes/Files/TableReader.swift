import SwellModel

/// Reads CSV as RFC 4180 has it: cells in quotes may hold delimiters, line ends and doubled quotes. Lines end
/// with a line feed or with a carriage return and a line feed; those that are empty are left out.
struct TableReader {
  private struct Row {
    var line: Int
    var cells: [[UInt8]]
  }

  private let bytes: [UInt8]
  private let delimiter: UInt8
  private var at = 0
  private var line = 1

  private init(_ bytes: [UInt8], _ delimiter: UInt8) {
    self.bytes = bytes
    self.delimiter = delimiter
  }

  /// A list of objects by column, or of lists where nothing names the columns. Every cell is a text.
  static func rows(of bytes: [UInt8], _ table: TableLayout) throws(NodeError) -> Payload {
    var reader = TableReader(bytes, table.delimiter)
    var writer = JSONWriter(reserving: bytes.count * 2)
    writer.raw("[")
    var names = table.hasHeader ? nil : table.columns
    var chosen: [Int]?
    while let row = try reader.row() {
      if table.hasHeader, names == nil {
        names = try header(row)
        chosen = try choose(table.columns, among: names ?? [])
        continue
      }
      if writer.bytes.count > 1 { writer.raw(",") }
      if let names {
        guard row.cells.count == names.count else {
          throw wrong(
            "line \(row.line) has \(row.cells.count) cells, and there are \(names.count) columns",
            "csv_columns")
        }
        write(row.cells, names, chosen ?? Array(names.indices), to: &writer)
      } else {
        write(row.cells, to: &writer)
      }
    }
    writer.raw("]")
    return writer.payload
  }

  private static func wrong(_ message: String, _ code: String) -> NodeError {
    NodeError(.serialization, message, code: code)
  }

  private static func header(_ row: Row) throws(NodeError) -> [String] {
    let names = row.cells.map { String(decoding: $0, as: UTF8.self) }
    var seen: Set<[UInt8]> = []
    for (place, name) in names.enumerated() {
      guard !name.isEmpty else {
        throw wrong("column \(place + 1) has no name in the header", "csv_header")
      }
      guard seen.insert(row.cells[place]).inserted else {
        throw wrong("the header has the column '\(name)' twice", "csv_header")
      }
    }
    return names
  }

  private static func choose(
    _ columns: [String]?, among names: [String]
  ) throws(NodeError) -> [Int]? {
    guard let columns else { return nil }
    var chosen: [Int] = []
    for column in columns {
      guard let index = names.firstIndex(where: { $0.utf8.elementsEqual(column.utf8) }) else {
        throw wrong(
          "the file has no column '\(column)'; it has \(names.joined(separator: ", "))",
          "csv_columns")
      }
      chosen.append(index)
    }
    return chosen
  }

  private static func write(
    _ cells: [[UInt8]], _ names: [String], _ chosen: [Int], to writer: inout JSONWriter
  ) {
    writer.raw("{")
    for (place, column) in chosen.enumerated() {
      if place > 0 { writer.raw(",") }
      writer.string(names[column])
      writer.raw(":")
      writer.string(String(decoding: cells[column], as: UTF8.self))
    }
    writer.raw("}")
  }

  private static func write(_ cells: [[UInt8]], to writer: inout JSONWriter) {
    writer.raw("[")
    for (place, cell) in cells.enumerated() {
      if place > 0 { writer.raw(",") }
      writer.string(String(decoding: cell, as: UTF8.self))
    }
    writer.raw("]")
  }

  /// The next line that is not empty.
  private mutating func row() throws(NodeError) -> Row? {
    while isAtLineEnd { skipLineEnd() }
    guard at < bytes.count else { return nil }
    var row = Row(line: line, cells: [try cell()])
    while at < bytes.count, bytes[at] == delimiter {
      at += 1
      row.cells.append(try cell())
    }
    if at < bytes.count { skipLineEnd() }
    return row
  }

  private var isAtLineEnd: Bool {
    guard at < bytes.count else { return false }
    if bytes[at] == UInt8(ascii: "\n") { return true }
    return bytes[at] == UInt8(ascii: "\r") && at + 1 < bytes.count
      && bytes[at + 1] == UInt8(ascii: "\n")
  }

  private mutating func skipLineEnd() {
    at += bytes[at] == UInt8(ascii: "\r") ? 2 : 1
    line += 1
  }

  private mutating func cell() throws(NodeError) -> [UInt8] {
    if at < bytes.count, bytes[at] == UInt8(ascii: "\"") { return try quotedCell() }
    let start = at
    while at < bytes.count, bytes[at] != delimiter, !isAtLineEnd {
      guard bytes[at] != UInt8(ascii: "\"") else {
        throw Self.wrong(
          "line \(line) has a quote within a cell; put the cell in quotes and double the quote",
          "csv_quote")
      }
      at += 1
    }
    return Array(bytes[start..<at])
  }

  private mutating func quotedCell() throws(NodeError) -> [UInt8] {
    let firstLine = line
    var cell: [UInt8] = []
    at += 1
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      guard byte == UInt8(ascii: "\"") else {
        cell.append(byte)
        continue
      }
      if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
        cell.append(byte)
        at += 1
        continue
      }
      guard at == bytes.count || bytes[at] == delimiter || isAtLineEnd else {
        throw Self.wrong("line \(line) goes on behind the quote that ends a cell", "csv_quote")
      }
      return cell
    }
    throw Self.wrong(
      "the cell in quotes that begins in line \(firstLine) does not end", "csv_quote")
  }
}
