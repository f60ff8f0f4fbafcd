/// How rows stand in a CSV file.
struct TableLayout: Sendable {
  /// Whether the first line names the columns.
  var hasHeader = true
  var delimiter = UInt8(ascii: ",")
  /// The columns in their order; nil takes what the file or the rows say.
  var columns: [String]?
}
