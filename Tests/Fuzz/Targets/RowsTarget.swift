import SwellPostgres

/// The decoders of rows: from any bytes in any column each gives a value that encodes to the
/// same bytes again, or says that they do not fit.
enum RowsTarget: FuzzTarget {
  static let name = "rows"

  static func examine(_ input: [UInt8]) throws(FuzzFinding) {
    let columns = ForgedColumn.read(input)
    guard let rows = ForgedColumn.rows(columns) else { throw FuzzFinding("libpq made no result") }
    // libpq keeps no row without columns.
    try FuzzFinding.unless(
      rows.count == min(columns.count, 1) && rows.columnCount == columns.count,
      "\(rows.count) rows of \(rows.columnCount) columns")
    _ = (rows.commandTag, rows.affected)
    for (index, column) in columns.enumerated() {
      // libpq tells of no NUL inside a name.
      let name = String(decoding: column.name.prefix { $0 != 0 }, as: UTF8.self)
      try FuzzFinding.unless(
        rows.columnIndex(name).map { $0 <= index } ?? false, "the column '\(name)' is not found")
      for reading in RowReading.all { try reading.check(rows[0], index, column) }
    }
    for reading in RowReading.all {
      for nowhere in [-1, columns.count, .max, .min] {
        try FuzzFinding.unless(
          reading.refuses(rows[0], nowhere), "\(reading.name) of column \(nowhere)")
      }
      try FuzzFinding.unless(reading.refuses(rows[1], 0), "\(reading.name) of a second row")
    }
  }
}
