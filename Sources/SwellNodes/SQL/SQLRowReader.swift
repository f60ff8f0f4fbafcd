import SwellModel
import SwellPostgres

/// Turns the rows of a statement into the output of its node.
struct SQLRowReader: Sendable {
  private let names: [Payload]
  private let shapes: [SQLShape]
  private let result: SQLKind.Result

  init(
    _ description: PostgresTransaction.Description, shapes: [SQLShape], result: SQLKind.Result
  ) throws {
    self.shapes = shapes
    self.result = result
    names = description.columnNames.map { JSONValue.string($0).payload }
    switch result {
    case .count: break
    case .rows, .row:
      var seen: Set<String> = []
      if let twice = description.columnNames.first(where: { !seen.insert($0).inserted }) {
        throw SQLSettings.error(
          .definition,
          "two columns are named '\(twice)'; give one of them another name with AS",
          "duplicate_column")
      }
      if result == .row, names.isEmpty { throw Self.noColumns }
    case .value:
      if names.isEmpty { throw Self.noColumns }
      guard names.count == 1 else {
        throw SQLSettings.error(
          .definition, "result: value takes one column, and the query gives \(names.count)",
          "not_one_column")
      }
    }
  }

  private static let noColumns = SQLSettings.error(
    .definition, "the statement returns no columns; add RETURNING, or take result: count",
    "no_columns")

  /// - Parameter maxBytes: how long the output may be.
  func output(_ results: [Rows], maxBytes: Int) throws -> Payload {
    var writer = JSONWriter()
    switch result {
    case .count:
      writer.int(results.reduce(0) { $0 + $1.affected })
    case .rows:
      writer.raw("[")
      var isFirst = true
      for row in results.lazy.joined() {
        if !isFirst { writer.raw(",") }
        isFirst = false
        try write(row, to: &writer)
        guard writer.bytes.count <= maxBytes else { throw tooLarge(maxBytes) }
      }
      writer.raw("]")
    case .row, .value:
      guard let rows = results.first, let row = rows.first else { return .null }
      guard rows.count == 1 else {
        throw SQLSettings.error(
          .validation, "result: \(result.rawValue) takes one row, and the query gave \(rows.count)",
          "several_rows")
      }
      if result == .row {
        try write(row, to: &writer)
      } else {
        try write(row, 0, to: &writer)
      }
    }
    return writer.payload
  }

  private func tooLarge(_ maxBytes: Int) -> NodeError {
    SQLSettings.error(
      .tooLarge, "the rows have more than \(maxBytes) bytes; select less, or fewer",
      "output_too_large")
  }

  private func write(_ row: Row, to writer: inout JSONWriter) throws {
    writer.raw("{")
    for column in shapes.indices {
      if column > 0 { writer.raw(",") }
      writer.payload(names[column])
      writer.raw(":")
      try write(row, column, to: &writer)
    }
    writer.raw("}")
  }

  private func write(_ row: Row, _ column: Int, to writer: inout JSONWriter) throws {
    guard let text = row.bytes(column) else { return writer.raw("null") }
    try SQLValueReader.write(text[...], shapes[column], to: &writer)
  }
}
