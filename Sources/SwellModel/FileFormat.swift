/// What the bytes of a file mean.
public enum FileFormat: String, Sendable, Hashable, CaseIterable {
  /// One JSON value.
  case json
  /// A JSON value on each line.
  case ndjson
  /// Rows of cells, as of RFC 4180.
  case csv
  /// A text.
  case text
  /// A list of texts, one on each line.
  case lines

  /// What the name of a file says of it; anything that is unknown is a text.
  public init(path: String) {
    let name = path.lowercased()
    let known: [(String, FileFormat)] = [
      (".json", .json), (".ndjson", .ndjson), (".jsonl", .ndjson), (".csv", .csv), (".tsv", .csv),
    ]
    self = known.first { name.hasSuffix($0.0) }?.1 ?? .text
  }

  /// Whether more can be written behind what a file holds.
  public var canBeAppended: Bool { self == .ndjson || self == .lines }
}
