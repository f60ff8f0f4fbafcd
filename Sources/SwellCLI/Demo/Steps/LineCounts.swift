import Foundation

/// Lines by type of file.
struct LineCounts: Codable, Sendable, Hashable {
  struct Row: Codable, Sendable, Hashable {
    var type: String
    var files: Int
    var lines: Int
    var bytes: Int
  }

  var ledger: String
  var files: Int
  var bytes: Int
  /// The types with the most lines.
  var rows: [Row]

  init(_ listing: FolderListing) {
    ledger = listing.ledger
    files = listing.count
    bytes = listing.bytes
    var byType: [String: Row] = [:]
    var budget = 256 << 20
    for file in listing.files.reversed() {
      let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
      let dot = name.dropFirst().lastIndex(of: ".")
      let type = dot.map { String(name[$0...]).lowercased() } ?? "(none)"
      var row = byType[type] ?? Row(type: type, files: 0, lines: 0, bytes: 0)
      row.files += 1
      row.bytes += file.size
      budget -= file.size
      if budget > 0, let data = listing.content(of: file), !data.prefix(8192).contains(0) {
        row.lines += data.withUnsafeBytes { bytes in bytes.count(where: { $0 == 0x0A }) }
      }
      byType[type] = row
    }
    rows = Array(byType.values.sorted { ($1.lines, $0.type) < ($0.lines, $1.type) }.prefix(12))
  }
}
